/** Closing the window while a run trains. */
import { isProcessAlive } from '../main/processes/process-alive.ts'
import { call } from './fixtures/bridge.ts'
import { clickToClose, closeWindow } from './fixtures/closing.ts'
import { expect, test, type OpenStudio } from './fixtures/studio.ts'
import { fillTraining, startTraining } from './fixtures/training.ts'

async function train({ page }: OpenStudio): Promise<number> {
  await fillTraining(page, { dataset: 'Shapes', limit: 2000, epochs: 500, batchSize: 50, name: 'Long night' })
  return startTraining(page)
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
  expect(isProcessAlive(pid)).toBe(true)
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

test('stopping a sweep pauses it: no further trial begins behind the window', async ({ openStudio }) => {
  const first = await openStudio()
  const experiment = {
    ...{ version: 1, network: { zoo: 'lenet5' }, data: { dataset: 'shapes', limit: 2000 } },
    train: { epochs: 100, batchSize: 50, learningRate: 0.01 },
  }
  const space = [{ path: 'train.learningRate', range: [0.001, 0.1], scale: 'log' }]
  const spec = { version: 1, name: 'Long search', experiment, space, budget: { trials: 50 } }
  const { id } = await call(first.page, 'sweeps.create', { spec })
  await expect.poll(async () => (await call(first.page, 'sweeps.get', { sweep: id })).counts.running).toBe(1)
  await closeWindow(first)
  await clickToClose(first, 'Stop training and close')
  const second = await openStudio()
  const sweep = await call(second.page, 'sweeps.get', { sweep: id })
  expect(sweep).toMatchObject({ state: 'paused', counts: { running: 0, waiting: 0 } })
})
