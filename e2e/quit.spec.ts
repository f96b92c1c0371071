/** Closing the window while a run trains. */
import { call } from './fixtures/bridge.ts'
import { isAlive } from './fixtures/processes.ts'
import { expect, test, type OpenStudio } from './fixtures/studio.ts'
import { fillTraining, startTraining } from './fixtures/training.ts'

async function train({ page }: OpenStudio): Promise<number> {
  await fillTraining(page, { dataset: 'Shapes', limit: 2000, epochs: 500, batchSize: 50, name: 'Long night' })
  return startTraining(page)
}

/** As the person does, by the window's own button. */
async function closeWindow({ app }: OpenStudio): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
}

/** The window may be gone before Playwright hears that the click was done. */
async function clickToClose({ app, page }: OpenStudio, name: string): Promise<void> {
  const gone = app.waitForEvent('close')
  await page
    .getByRole('button', { name })
    .click()
    .catch((fault: unknown) => {
      if (!String(fault).includes('has been closed')) throw fault
    })
  await gone
}

test('the window asks; staying keeps everything as it is', async ({ studio }) => {
  await train(studio)
  await closeWindow(studio)
  const dialog = studio.page.getByRole('dialog', { name: '1 run still training' })
  await expect(dialog).toContainText('goes on without this window')
  await dialog.getByRole('button', { name: 'Stay' }).click()
  await expect(dialog).toHaveCount(0)
  await closeWindow(studio)
  await expect(dialog).toBeVisible()
})

test('keeping: the window closes, the service trains on', async ({ openStudio }) => {
  const first = await openStudio()
  const run = await train(first)
  const { pid } = await call(first.page, 'service.info', {})
  await closeWindow(first)
  await clickToClose(first, 'Keep training and close')
  expect(isAlive(pid)).toBe(true)
  const second = await openStudio()
  expect((await call(second.page, 'runs.get', { run })).status).toBe('running')
})

test('stopping: the run is stopped before the window closes; remembered, it is not asked again', async ({
  openStudio,
}) => {
  const first = await openStudio()
  const run = await train(first)
  await closeWindow(first)
  await first.page.getByRole('switch', { name: 'Do not ask again' }).click()
  await clickToClose(first, 'Stop training and close')
  const second = await openStudio()
  await expect.poll(async () => (await call(second.page, 'runs.get', { run })).status).toBe('stopped')
  expect((await call(second.page, 'desktop.preferences', {})).quitWhileTraining).toBe('stop')
})
