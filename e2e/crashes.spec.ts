/** Something dies while a run trains: the window, the trainer, the service. */
import { isProcessAlive } from '../main/processes/process-alive.ts'
import { call } from './fixtures/bridge.ts'
import { childProcesses } from './fixtures/processes.ts'
import { expect, test } from './fixtures/studio.ts'
import { fillTraining, runStatus, startTraining } from './fixtures/training.ts'
import type { Page } from '@playwright/test'

const long = { dataset: 'Shapes', limit: 3000, epochs: 12, batchSize: 50 } as const
// 3000 images less a tenth for validation, in batches of 50.
const steps = 12 * 54

/** Waits until the run has done some steps. */
async function trainedSteps(page: Page, run: number, least: number): Promise<void> {
  await expect
    .poll(async () => (await call(page, 'runs.get', { run })).progress.step, { timeout: 60_000 })
    .toBeGreaterThan(least)
}

test('kill -9 of the window: the run goes on, and its curve is whole', async ({ openStudio }) => {
  const first = await openStudio()
  await fillTraining(first.page, { ...long, name: 'Survivor' })
  const id = await startTraining(first.page)
  await trainedSteps(first.page, id, 5)
  const { pid } = await call(first.page, 'service.info', {})
  const before = (await call(first.page, 'runs.get', { run: id })).progress.step
  await first.kill()
  expect(isProcessAlive(pid)).toBe(true)
  expect(before).toBeLessThan(steps)

  const { page } = await openStudio()
  expect((await call(page, 'service.info', {})).pid).toBe(pid)
  await page.getByRole('navigation').getByRole('button', { name: 'Runs' }).click()
  await page.getByRole('row', { name: /Survivor/ }).click()
  expect((await call(page, 'runs.get', { run: id })).progress.step).toBeGreaterThan(before)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 100_000 })
  const series = await call(page, 'runs.metrics', { run: id })
  const loss = series.find(({ split, name }) => split === 'train' && name === 'loss')
  expect(loss?.steps).toEqual(Array.from({ length: steps }, (_, index) => index + 1))

  // What streamed into the window equals what the store holds: the last step and value in the legend's source, the table.
  await page.getByRole('radio', { name: 'Table' }).click()
  const rows = page.getByRole('region', { name: 'Loss of Survivor' }).locator('tbody tr')
  const shown = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent)),
  )
  const stored = new Map(loss?.steps.map((step, index) => [step, loss.values[index]]))
  expect(Number(shown.at(-1)?.[0])).toBe(steps)
  const filled = shown.filter(([, value]) => value !== '')
  expect(filled.length).toBeGreaterThan(50)
  for (const [step, value] of filled) expect(value).toBe(stored.get(Number(step))?.toFixed(4))
})

test('kill -9 of the trainer: the run is failed with the reason, and the studio lives', async ({ page }) => {
  test.skip(process.platform === 'win32', 'ps is needed to find the trainer')
  await fillTraining(page, { ...long, epochs: 400, name: 'Victim' })
  const id = await startTraining(page)
  await trainedSteps(page, id, 5)
  const { pid } = await call(page, 'service.info', {})
  const [trainer] = (await childProcesses(pid)).filter(({ command }) => command.includes('trainer'))
  if (!trainer) throw new Error('the service has no trainer')
  process.kill(trainer.pid, 'SIGKILL')

  await expect(runStatus(page)).toHaveText('Failed', { timeout: 30_000 })
  const notice = page.getByRole('group', { name: 'The training process ended unexpectedly' })
  await expect(notice).toContainText('trainer-crashed')
  await expect(notice).toContainText('SIGKILL')
  await expect(notice.getByRole('button', { name: 'Run again with changes' })).toBeVisible()
  expect((await call(page, 'service.info', {})).pid).toBe(pid)

  // The studio trains on.
  await notice.getByRole('button', { name: 'Run again with changes' }).click()
  await fillTraining(page, { limit: 200, epochs: 1, name: 'Next' })
  await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })
})

test('kill -9 of the service: the window says so, and both come back', async ({ page }) => {
  const { pid } = await call(page, 'service.info', {})
  const banner = page.locator('.banner')
  const seen = banner.waitFor({ state: 'visible' })
  process.kill(pid, 'SIGKILL')
  await seen
  await expect(page.getByText('Reconnected to the studio service')).toBeVisible({ timeout: 30_000 })
  await expect(banner).toHaveCount(0)
  const after = await call(page, 'service.info', {})
  expect(after.pid).not.toBe(pid)
})

test('a crashed view is loaded again, on the same page', async ({ studio, page }) => {
  await page.getByRole('navigation').getByRole('button', { name: 'Data' }).click()
  await expect(page.getByRole('heading', { name: 'Data', level: 1 })).toBeVisible()
  const after = await studio.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (!contents) return null
    const loaded = new Promise((done) => contents.once('did-finish-load', () => done(true)))
    contents.forcefullyCrashRenderer()
    await loaded
    return { crashed: contents.isCrashed(), url: contents.getURL() }
  })
  expect(after).toEqual({ crashed: false, url: page.url() })
})
