/** The window in Korean: chosen in Settings or by the system, complete, and at once. */
import { call } from './fixtures/bridge.ts'
import { expect, test } from './fixtures/studio.ts'
import { fillTraining, runStatus, startTraining } from './fixtures/training.ts'

test('the language changes at once, menu included, and no English sentence is left', async ({ studio, page }) => {
  await fillTraining(page, { dataset: 'Shapes', limit: 300, epochs: 1, batchSize: 50, name: '첫 실행' })
  const run = await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })
  await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('radio', { name: '한국어' }).click()
  await expect(page.getByRole('heading', { name: '설정', level: 1 })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('ko')
  const menu = await studio.app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label))
  expect(menu).toEqual(['파일', '편집', '보기', '도움말'])

  for (const hash of ['#/compose', '#/runs', `#/runs/${run}`, '#/data/shapes', '#/settings']) {
    await page.evaluate((next) => (location.hash = next), hash)
    await expect(page.locator('main h1').first()).toBeAttached()
    // Papers and the exact words of errors are marked as English; names of keys are what stands on the keyboard.
    const words = await page.evaluate(() => {
      const body = document.body.cloneNode(true) as HTMLElement
      for (const foreign of body.querySelectorAll('[lang="en"], code, kbd, #runs-keys')) foreign.remove()
      return body.textContent.replaceAll(/\s+/g, ' ')
    })
    expect(words, hash).not.toMatch(
      /\b(the|of|is|are|and|Training|Learning|Accuracy|Loss|Settings|Status|Created|Search|Runs|Stop|Delete|Dataset|Epochs?|Layers?|Convolution|Dense|pooling|Ready|Finished|Input)\b/,
    )
  }
  await page.evaluate((id) => (location.hash = `#/runs/${id}`), run)
  await expect(runStatus(page)).toHaveText('완료')
  await page.evaluate(() => (location.hash = '#/compose'))
  await page.getByLabel('에포크', { exact: true }).fill('0')
  await expect(page.getByText('1에서 100,000 사이의 정수를 입력하세요')).toBeVisible()
})

test('a Korean system gets Korean without asking', async ({ openStudio }) => {
  const { page } = await openStudio(['--lang=ko'])
  expect((await call(page, 'desktop.preferences', {})).language).toBe('system')
  await expect(page.getByRole('heading', { name: '첫 네트워크를 학습시켜 보세요' })).toBeVisible()
})
