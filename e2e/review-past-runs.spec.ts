/** Runs that were trained long ago, or on other data: charts of many steps, and what cannot be compared is said instead of guessed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { center } from './fixtures/composing.ts'
import { call } from './fixtures/bridge.ts'
import { addCurves, addPastRun, withStore } from './fixtures/past-runs.ts'
import { expect, test } from './fixtures/studio.ts'

test('charts over each other show every step where they are zoomed, and move under the hand together', async ({
  openStudio,
  home,
}) => {
  const steps = 100_000
  const runs = withStore(home, (store) =>
    [0.01, 0.02].map((learningRate) => {
      const name = `Rate ${learningRate}`
      const run = addPastRun(store, { name, learningRate, epochs: 10, stepsPerEpoch: steps / 10, accuracy: 0.8 })
      addCurves(store, run, steps, 10)
      return run
    }),
  )
  const { page } = await openStudio()
  await page.evaluate((hash) => (location.hash = hash), `#/compare/${runs.join()}`)
  const curves = page.getByRole('region', { name: 'Curves' })
  await expect(curves).toBeVisible({ timeout: 60_000 })
  await curves.getByRole('radio', { name: 'Step', exact: true }).click()
  const loss = curves.getByRole('region', { name: 'Loss, Train of the compared runs' })
  const accuracy = curves.getByRole('region', { name: 'Accuracy, Validation of the compared runs' })
  const chart = loss.getByRole('application')
  const read = async (key: string): Promise<number> => {
    await chart.press(key)
    return Number((await loss.getByText(/^Step [\d,.]+$/).innerText()).replaceAll(/[^\d.]/g, ''))
  }
  await read('ArrowLeft')
  for (let press = 0; press < 16; press++) await chart.press('+')
  // The snapshot of a hundred thousand steps has three thousand: it never has six in a row.
  await expect(async () => {
    await chart.press('Escape')
    const back: number[] = []
    for (let press = 0; press < 6; press++) back.push(await read('ArrowLeft'))
    expect(back).toEqual([1, 2, 3, 4, 5, 6].map((by) => (back[0] ?? 0) + 1 - by))
  }).toPass({ timeout: 30_000 })

  // One reading line and one range for all charts, and a hand that pans holds on.
  await chart.press('Escape')
  const [from, to] = [await center(chart), await center(accuracy.getByRole('application'))]
  await page.mouse.move(from.x, from.y)
  await expect(accuracy.getByText(/^Step [\d,.]+$/)).toBeVisible()
  const before = await read('ArrowLeft')
  await page.mouse.move(from.x, from.y)
  await page.mouse.down({ button: 'middle' })
  for (let i = 1; i <= 10; i++) await page.mouse.move(from.x + i * 20, from.y)
  await page.mouse.up({ button: 'middle' })
  await page.mouse.move(from.x, from.y)
  await expect
    .poll(async () => Number((await loss.getByText(/^Step [\d,.]+$/).innerText()).replaceAll(/[^\d.]/g, '')))
    .toBeLessThan(before)
  await page.mouse.dblclick(to.x, to.y)
  await expect(curves.getByRole('button', { name: 'Reset zoom' })).toBeDisabled()

  // Both splits of a metric in one chart, told apart by their lines.
  await curves.getByRole('switch', { name: 'Train and validation together' }).click()
  const both = curves.getByRole('region', { name: 'Loss of the compared runs' })
  await expect(both.getByRole('listitem')).toHaveText([
    /Rate 0.01, Train/,
    /Rate 0.02, Train/,
    /Rate 0.01, Validation/,
    /Rate 0.02, Validation/,
  ])
})

test('runs of different data are neither judged nor combined, and it is said why', async ({
  openStudio,
  home,
  cli,
}) => {
  const [shapes, fashion] = withStore(home, (store) => [
    addPastRun(store, { name: 'On shapes', accuracy: 0.9 }),
    addPastRun(store, { name: 'On fashion', dataset: 'fashion-mnist', accuracy: 0.8 }),
  ])
  const { app, page } = await openStudio()
  await page.evaluate((hash) => (location.hash = hash), `#/compare/${shapes},${fashion}`)
  await expect(page.getByText('The runs have different datasets', { exact: false })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('group', { name: 'Verdict: On fashion' })).toContainText('No verdict')
  await expect(page.getByRole('button', { name: 'Compare on test images' })).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Settings' }).getByRole('row', { name: /data.dataset/ })).toContainText(
    'fashion-mnist',
  )
  const told = await cli(['runs', 'diff', String(shapes), String(fashion)])
  expect(told.stdout).toContain('their results cannot be held against each other')
  expect(told.stdout).toContain('It was measured on other data than the baseline')

  await page.getByRole('button', { name: 'Ensemble', exact: true }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('Not the same data')
  await expect(alert).toContainText(`run ${shapes} on "shapes", but run ${fashion} on "fashion-mnist"`)
  const refused = await cli(['evaluate', `${shapes},${fashion}`, '--combine', 'average'])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('different-datasets')

  // The report says it as well, in the language of the window; the command line is asked for one.
  const file = join(home, 'report.html')
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
  }, file)
  await call(page, 'desktop.setPreferences', { language: 'ko' })
  await page.evaluate((hash) => (location.hash = hash), `#/compare/${shapes},${fashion}`)
  await page.getByRole('button', { name: '공유…' }).click()
  await page.getByRole('switch', { name: /테스트/ }).click()
  await page.getByRole('button', { name: '저장…' }).click()
  await expect(page.getByText('report.html', { exact: false })).toBeVisible({ timeout: 30_000 })
  expect(await readFile(file, 'utf8')).toContain('데이터셋이 서로 달라 결과를 비교할 수 없습니다.')
  const english = join(home, 'english.html')
  const korean = join(home, 'korean.html')
  await cli(['runs', 'report', String(shapes), '--out', english])
  await cli(['runs', 'report', String(shapes), '--language', 'ko', '--out', korean])
  expect(await readFile(english, 'utf8')).toContain('<html lang="en">')
  expect(await readFile(korean, 'utf8')).toContain('<html lang="ko">')
})
