/** A person trains a network, watches it, and finds it again the next day. */
import { openStore } from '../main/store/open-store.ts'
import { call } from './fixtures/bridge.ts'
import { expect, test } from './fixtures/studio.ts'
import { fillTraining, runStatus, startTraining } from './fixtures/training.ts'

const small = { dataset: 'Shapes', limit: 600, epochs: 2, batchSize: 50, name: 'My first network' } as const

test('train the demo, reduced, and see its curves and results', async ({ page }) => {
  await fillTraining(page, small)
  // 600 images less a tenth for validation, in batches of 50.
  await expect(page.getByText('540 / 60')).toBeVisible()
  await expect(page.getByText('2 × 10 = 20')).toBeVisible()
  const id = await startTraining(page)

  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })
  await expect(page.getByText('Epoch 2 of 2 · Step 20 of 20')).toBeVisible()
  const run = await call(page, 'runs.get', { run: id })
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`
  await expect(page.getByText(percent(run.best?.accuracy ?? -1), { exact: true }).first()).toBeVisible()
  await expect(page.getByText(percent(run.test?.accuracy ?? -1), { exact: true }).first()).toBeVisible()

  // The curve is on the canvas, and the same numbers stand in the table.
  const loss = page.getByRole('region', { name: 'Loss of My first network' })
  const ink = await loss
    .locator('canvas.curves')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data
      let blue = 0
      for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 2]! > pixels[i]! + 60 && pixels[i + 3]! > 120) blue++
      return blue
    })
  expect(ink).toBeGreaterThan(200)
  await page.getByRole('radio', { name: 'Table' }).click()
  await expect(loss.locator('tbody tr')).toHaveCount(20)
  const series = await call(page, 'runs.metrics', { run: id })
  const train = series.find(({ split, name }) => split === 'train' && name === 'loss')
  expect(train?.steps).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  await expect(loss.locator('tbody tr').first()).toContainText((train?.values[0] ?? -1).toFixed(4))

  await page.getByRole('tab', { name: /Epochs/ }).click()
  await expect(page.getByRole('tabpanel').locator('tbody tr')).toHaveCount(2)
  await page.getByRole('tab', { name: /Checkpoints/ }).click()
  await expect(page.getByRole('tabpanel').locator('tbody tr')).toHaveCount(run.checkpoints.length)
  expect(run.checkpoints.length).toBeGreaterThan(0)
  await page.getByRole('tab', { name: 'Settings' }).click()
  await expect(page.getByRole('tabpanel')).toContainText('600')
  await expect(page.getByRole('tabpanel')).toContainText(run.environment?.datasetFingerprint ?? 'no fingerprint')
})

test('a chart of two hundred thousand steps shows every step where it is zoomed', async ({ page, home }) => {
  await fillTraining(page, { ...small, epochs: 1, limit: 100, batchSize: 10, name: 'Long' })
  const id = await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })
  const steps = 200_000
  const store = openStore(home)
  store.metrics.append(
    id,
    Array.from({ length: steps }, (_, i) => ({
      ...({ split: 'train', name: 'loss', step: i + 1, at: i } as const),
      value: 2 / Math.sqrt(i + 1) + Math.abs(Math.sin((i + 1) * 12.9898)) / 4,
    })),
  )
  store.close()
  await page.reload()

  const loss = page.getByRole('region', { name: 'Loss of Long' })
  const chart = loss.getByRole('application')
  const reading = loss.getByText(/^Step [\d,]+$/)
  const read = async (key: 'ArrowLeft' | 'ArrowRight'): Promise<number> => {
    await chart.press(key)
    return Number((await reading.innerText()).replaceAll(/\D/g, ''))
  }
  await expect(loss.getByRole('button', { name: /^Train / })).not.toContainText('–', { timeout: 30_000 })
  const centre = await read('ArrowLeft')
  for (let press = 0; press < 17; press++) await chart.press('+')
  // The snapshot has a small part of the steps: it never has six in a row.
  await expect(async () => {
    const back: number[] = []
    for (let press = 0; press < 6; press++) back.push(await read('ArrowLeft'))
    for (let press = 0; press < 6; press++) await read('ArrowRight')
    expect(back).toEqual([1, 2, 3, 4, 5, 6].map((by) => (back[0] ?? 0) + 1 - by))
    expect(Math.abs((back[0] ?? 0) - centre)).toBeLessThan(20)
  }).toPass({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Reset zoom' }).click()
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeDisabled()
  // From where it was read, by points of the snapshot again.
  const before = await read('ArrowLeft')
  expect(before - (await read('ArrowLeft'))).toBeGreaterThan(100)
})

test('Ctrl+Enter starts; a run can be stopped, and keeps what it has', async ({ page }) => {
  await fillTraining(page, { ...small, limit: 4000, epochs: 400, name: 'Stop me' })
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled()
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(/#\/runs\/\d+$/)
  const loss = page.getByRole('region', { name: 'Loss of Stop me' })
  await expect(loss.getByRole('button', { name: /^Train / })).not.toContainText('–', { timeout: 60_000 })
  await expect(runStatus(page)).toHaveText('Training')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(runStatus(page)).toHaveText('Stopped', { timeout: 30_000 })
  await expect(page.getByRole('group', { name: 'Training was stopped' })).toBeVisible()
})

test('past runs survive a restart; deleting can be undone; settings can be taken over', async ({ openStudio }) => {
  const first = await openStudio()
  await fillTraining(first.page, small)
  await startTraining(first.page)
  await expect(runStatus(first.page)).toHaveText('Finished', { timeout: 90_000 })
  await first.close()

  const { page } = await openStudio()
  await page.getByRole('navigation').getByRole('button', { name: 'Runs' }).click()
  const row = page.getByRole('row', { name: /My first network/ })
  await expect(row).toContainText('Finished')
  await expect(row).toContainText('LeNet-5')

  // By keyboard: delete, undo, open.
  await row.focus()
  await page.keyboard.press('Delete')
  await expect(row).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toHaveCount(1)
  await row.focus()
  await page.keyboard.press('Enter')
  await expect(runStatus(page)).toHaveText('Finished')

  await page.getByRole('button', { name: 'Run again with changes' }).click()
  await expect(page.getByText('Settings of “My first network”')).toBeVisible()
  await expect(page.getByLabel('Training images', { exact: true })).toHaveValue('600')
  await expect(page.getByLabel('Batch size', { exact: true })).toHaveValue('50')
  await expect(page.locator('#dataset')).toContainText('Shapes')
})

test('columns sort, and the filter finds by words', async ({ page, cli }) => {
  await fillTraining(page, { ...small, epochs: 1, limit: 100, batchSize: 10, name: 'beta' })
  await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })
  await page.getByRole('button', { name: 'Run again with changes' }).click()
  await page.getByLabel('Name', { exact: true }).fill('alpha')
  await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })
  const listed = JSON.parse((await cli(['runs', 'list', '--json'])).stdout) as { name: string }[]
  expect(listed.map(({ name }) => name).sort()).toEqual(['alpha', 'beta'])

  await page.getByRole('navigation').getByRole('button', { name: 'Runs' }).click()
  const names = page.locator('tbody th[scope="row"]')
  await expect(names).toHaveText(['alpha', 'beta'])
  await page.getByRole('columnheader', { name: 'Created' }).getByRole('button').click()
  await expect(names).toHaveText(['beta', 'alpha'])
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click()
  await expect(names).toHaveText(['alpha', 'beta'])
  await page.keyboard.press('/')
  await page.keyboard.type('shapes bet')
  await expect(names).toHaveText(['beta'])
})
