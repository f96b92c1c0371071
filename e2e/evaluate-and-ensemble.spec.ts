/** Is it real, and is there more in it? One run on its test images, then three seeds of it as an ensemble. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { call } from './fixtures/bridge.ts'
import { expect, saveScreenshot, test, type OpenStudio } from './fixtures/studio.ts'

const results = join(import.meta.dirname, 'results', 'gallery')

async function photograph(studio: OpenStudio, page: Page, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await call(page, 'desktop.setPreferences', { theme })
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'dark')
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await studio.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
        width,
        height,
      ] as const)
      await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width)
      await saveScreenshot(page, join(results, `${name}-${theme}-${width}.png`))
    }
  }
}

async function finished(page: Page, run: number): Promise<void> {
  await expect.poll(async () => (await call(page, 'runs.get', { run })).status, { timeout: 120_000 }).toBe('finished')
}

function trainLenet(page: Page, dataset = 'shapes') {
  return call(page, 'runs.start', {
    spec: {
      ...{ version: 1, name: 'LeNet on shapes', network: { zoo: 'lenet5' }, seed: 1 },
      data: { dataset, limit: 4000, validation: 0.1 },
      train: { epochs: 6, batchSize: 30, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.03 },
    },
  })
}

test('a run is judged on its test images, then with two further seeds and ten views of each image', async ({
  studio,
  page,
}) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  const { id: run } = await trainLenet(page)
  await finished(page, run)

  await page.evaluate((hash) => (location.hash = hash), `#/runs/${run}`)
  await page.getByRole('tab', { name: 'Evaluation' }).click()
  const matrix = page.getByRole('region', { name: 'Confusion matrix' })
  await expect(matrix).toBeVisible({ timeout: 60_000 })
  const report = await call(page, 'evaluation.run', { members: [{ run }], crops: 1, combine: 'average' })
  const { classes } = report.dataset

  // The matrix counts what the service counted; a cell shows as many images as it says.
  await matrix.getByRole('radio', { name: 'Counts' }).click()
  const [first] = report.confusion
  await expect(matrix.locator('[data-cell="0 0"]')).toHaveText(first?.[0] === 0 ? '' : String(first?.[0]))
  const worst = report.confusion
    .flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })))
    .filter(({ label, predicted }) => label !== predicted)
    .reduce((a, b) => (b.count > a.count ? b : a))
  await matrix.locator(`[data-cell="${worst.label} ${worst.predicted}"]`).click()
  const images = page.locator('section[aria-labelledby="examples-title"]')
  await expect(images.getByRole('heading')).toHaveText(`${classes[worst.label]} taken for ${classes[worst.predicted]}`)
  await expect(images.locator('.count')).toHaveText(new RegExp(`^${worst.count} images?$`))
  await expect(images.locator('li')).toHaveCount(Math.min(24, worst.count))
  await matrix.locator('[data-cell="0 0"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(images.getByRole('heading')).toHaveText(`${classes[1]}, recognised`)
  await images.getByRole('button', { name: 'Back to all errors' }).click()
  await expect(images.getByRole('heading')).toHaveText('Errors, the surest first')

  // Classes by recall, the weakest first.
  const table = page.getByRole('region', { name: 'Classes' }).last()
  await table.getByRole('button', { name: 'Recall' }).click()
  const weakest = report.classes.reduce((a, b) => ((b.recall ?? 2) < (a.recall ?? 2) ? b : a))
  await expect(table.locator('tbody tr').first().locator('th')).toHaveText(classes[weakest.label] ?? '')

  // Another epoch has its own result.
  await page.locator('#evaluation-epoch').click()
  await page.getByRole('option', { name: /^Epoch 5/ }).click()
  const fifth = await call(page, 'evaluation.run', { members: [{ run, epoch: 5 }], crops: 1, combine: 'average' })
  await expect(page.getByRole('tabpanel').getByRole('definition').first()).toContainText(
    (fifth.accuracy * 100).toFixed(2),
  )
  await page.locator('#evaluation-epoch').click()
  await page.getByRole('option', { name: /^Best/ }).click()
  const gains = page.getByRole('region', { name: 'Views of each image' })
  await gains.getByRole('row', { name: /^10 / }).getByRole('button').click()
  await expect(gains.getByRole('row', { name: /^10 / })).toContainText('points', { timeout: 60_000 })
  await photograph(studio, page, 'evaluation')

  // Three seeds in one action.
  await page.getByRole('button', { name: 'Train seeds and ensemble…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Train further seeds and combine them' })
  await dialog.getByRole('textbox', { name: 'Further seeds' }).fill('2')
  await dialog.getByRole('button', { name: 'Train and combine' }).click()
  await page.waitForURL(/#\/ensemble\/\d+,\d+,\d+$/)
  await expect(page.getByText(/Waits for \d runs? in training/)).toBeVisible()
  const ids = /ensemble\/(.*)$/.exec(page.url())?.[1]?.split(',').map(Number) ?? []
  expect(
    new Set(await Promise.all(ids.map(async (one) => (await call(page, 'runs.get', { run: one })).seed))).size,
  ).toBe(3)
  const gain = page.getByRole('group', { name: 'Gain' })
  await expect(gain).toContainText(/points/, { timeout: 120_000 })
  const bench = page.getByRole('region', { name: 'Views and ways of combining' })
  await bench.getByRole('row', { name: /^10 / }).getByRole('button').first().click()
  await expect(bench.getByRole('row', { name: /^10 / }).getByRole('button').first()).toContainText('points', {
    timeout: 60_000,
  })
  const members = ids.map((one) => ({ run: one }))
  const together = await call(page, 'evaluation.run', { members, crops: 10, combine: 'average' })
  expect(together.gain.total).toBeGreaterThan(0)
  await expect(gain).toContainText((together.accuracy * 100).toFixed(2))
  await expect(gain).toContainText(`+${Number((together.gain.total * 100).toFixed(2))} points`)
  await photograph(studio, page, 'ensemble')
})
