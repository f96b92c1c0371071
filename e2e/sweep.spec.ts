/** Parameters chosen overnight: axes from the canvas and the form, a sweep in the night's hours, its answer in the morning, the best trained on. */
import { join } from 'node:path'
import type { SweepDetail } from '../experiments/tuning/sweep-record.ts'
import { expectAccessible } from './fixtures/accessible.ts'
import { call } from './fixtures/bridge.ts'
import { clickToClose, closeWindow } from './fixtures/closing.ts'
import { node, openFromZoo } from './fixtures/composing.ts'
import { startServiceAt, timeOfTomorrow } from './fixtures/moved-clock.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'
import { fillTraining } from './fixtures/training.ts'

const results = join(import.meta.dirname, 'results', 'gallery')

test('two axes on the canvas, a night of trials, the answer in the morning, and its full length', async ({
  openStudio,
  home,
  cli,
}) => {
  test.setTimeout(300_000)
  const night = await startServiceAt(home, timeOfTomorrow(21, 50))
  expect((await cli(['queue', 'window', 'set', 'mon-sun', '22:00-07:00'])).code).toBe(0)
  const first = await openStudio()
  const { page: evening } = first
  await evening.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })

  // A layer's property and the width of the network become axes where they stand: by the menus of the canvas.
  await fillTraining(evening, { dataset: 'Shapes' })
  await openFromZoo(evening, 'lenet5')
  await node(evening, 'conv1').click({ button: 'right' })
  await evening.getByRole('menuitem', { name: 'Search over' }).click()
  const axes = evening.locator('.strata-axis-list')
  await expect(axes.getByRole('menuitemcheckbox')).toContainText([
    'conv1 · filters',
    'conv1 · kernel',
    'conv1 · stride',
  ])
  await saveScreenshot(evening, join(results, 'sweep-canvas-menu.png'))
  await axes.getByRole('menuitemcheckbox', { name: 'conv1 · kernel' }).click()
  await expect(evening.getByText('conv1 · kernel is an axis of the next sweep')).toBeVisible()
  // By keyboard, of the network itself.
  await expect(evening.getByRole('menu')).toHaveCount(0)
  await evening.keyboard.press('Escape')
  await evening.keyboard.press('Shift+F10')
  await evening.getByRole('menuitem', { name: 'Search over' }).press('ArrowRight')
  await axes.getByRole('menuitemcheckbox', { name: 'Width of the network ×' }).press('Enter')

  await evening.getByRole('tab', { name: 'Training' }).click()
  await fillTraining(evening, { limit: 160, epochs: 3, batchSize: 16 })
  await evening.getByRole('button', { name: 'Search over 2 axes' }).click()
  const plan = evening.getByRole('dialog', { name: 'New sweep' })
  const kernel = plan.locator('li[data-axis="network.nodes.conv1.params.kernel"]')
  // What cannot be said at once: a value that no layer takes is found before anything is queued.
  await kernel.getByLabel('Values, separated by commas').fill('3, 5, 99')
  await plan.locator('#sweep-add-axis').click()
  await evening.getByRole('option', { name: 'Learning rate' }).click()
  const rate = plan.locator('li[data-axis="train.learningRate"]')
  await rate.getByLabel('From').fill('0.5')
  await rate.getByLabel('To', { exact: true }).fill('0.01')
  await expect(rate.getByRole('alert')).toContainText('from below to')
  await expect(plan.getByRole('button', { name: 'Start the sweep' })).toBeDisabled()
  await rate.getByLabel('From').fill('0.005')
  await rate.getByLabel('To', { exact: true }).fill('0.1')
  // An axis may exist only in a range of another one; where that can never be, it is said beside it.
  await rate.getByLabel('Only when').click()
  await evening.getByRole('option', { name: 'conv1 · kernel is in a range' }).click()
  await rate.getByLabel('conv1 · kernel at least').fill('200')
  await expect(rate.getByRole('alert')).toContainText('can never exist')
  await rate.getByLabel('Only when').click()
  await evening.getByRole('option', { name: 'Always' }).click()
  await expect(rate.getByRole('alert')).toHaveCount(0)
  // A first rung at the end is none.
  await plan.getByLabel('First rung, epochs').fill('3')
  await expect(plan.getByText('there is no rung before the end')).toBeVisible()
  await plan.getByLabel('First rung, epochs').fill('1')
  await plan.getByLabel('Weigh against cost').click()
  await plan.getByLabel('Train the best on to epoch').fill('8')
  await plan.getByLabel('Memory of a trial, GB').fill('2')
  // How many at a time pays is measured, or why it is one; here it is said.
  await expect(plan.getByText(/^Measured: |cores are idle: one at a time$|^There is one core/)).toBeVisible({
    timeout: 60_000,
  })
  await plan.getByLabel('Trials at a time').fill('1')
  await plan.getByLabel('Trials', { exact: true }).fill('4')
  await plan.getByLabel('Name').fill('Overnight')
  await plan.getByLabel('Target accuracy, %').fill('95')
  await expect(plan.getByText('at most 4 trials, 12 epochs · rungs at epoch 1 and 3')).toBeVisible()
  await saveScreenshot(evening, join(results, 'sweep-plan.png'))
  await expectAccessible(evening, 'new sweep', '[role=dialog]')
  await plan.getByRole('button', { name: 'Start the sweep' }).click()
  await evening.waitForURL(/#\/sweeps\/1$/)
  await expect(evening.locator('[data-trial]').first()).toBeVisible({ timeout: 60_000 })
  // The hours of the night have not begun, and the page says so. Meanwhile the plan changes.
  await expect(evening.getByText(/Jobs start at .*22:00/)).toBeVisible()
  await evening.getByRole('button', { name: 'Edit…' }).click()
  const change = evening.getByRole('dialog', { name: 'Edit the sweep' })
  await expect(change.getByRole('button', { name: 'Save' })).toBeDisabled()
  await expect(change.getByText('Optimise')).toBeHidden()
  await change.getByLabel('Trials', { exact: true }).fill('6')
  await saveScreenshot(evening, join(results, 'sweep-edit.png'))
  await expectAccessible(evening, 'edit sweep', '[role=dialog]')
  await change.getByRole('button', { name: 'Save' }).click()
  await expect(evening.getByText('Changed Overnight.')).toBeVisible()
  expect(await call(evening, 'sweeps.get', { sweep: 1 })).toMatchObject({
    ...{ budget: { trials: 6 }, counts: { waiting: 1, running: 0 }, spans: [] },
    spec: { search: { perCost: true }, parallel: 1, fullEpochs: 8, memoryLimit: 2e9 },
  })

  // The window is closed, the night comes; the service searches.
  await closeWindow(first)
  await clickToClose(first, 'Keep training and close')
  const begin = timeOfTomorrow(22, 0)
  night.moveTo(begin)
  const seen = async (): Promise<SweepDetail> =>
    JSON.parse((await cli(['sweep', 'show', '1', '--json'])).stdout) as SweepDetail
  await expect.poll(async () => (await seen()).state, { timeout: 200_000, intervals: [2000] }).toBe('done')

  const morning = timeOfTomorrow(7, 30, 1)
  night.moveTo(morning)
  const { page, app } = await openStudio()
  await page.clock.setSystemTime(morning)
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  await expect(page.getByRole('button', { name: 'Sweeps' })).toBeVisible()
  await expect(page.getByText('ended unexpectedly')).toHaveCount(0)
  await page.getByRole('navigation').getByRole('button', { name: 'Sweeps' }).click()
  await expectAccessible(page, 'sweeps')
  const row = page.getByRole('row', { name: /Overnight/ })
  await expect(row).toContainText('Done')
  await expect(row).toContainText(/(9|10) h\S* ago/)
  await row.click()

  const sweep = await call(page, 'sweeps.get', { sweep: 1 })
  const { best } = sweep
  const answer = page.getByRole('region', { name: 'Best configuration' })
  await expect(answer.getByText(`Trial ${best?.trial}`, { exact: true })).toBeVisible()
  await expect(answer).toContainText(`${((best?.value ?? 0) * 100).toFixed(2)}%`)
  await expect(answer).toContainText(/with a probability of \d+%/)
  const mattered = page.getByRole('region', { name: 'What mattered' })
  await expect(mattered.locator('li[data-axis]')).toHaveCount(3)
  await expect(mattered.getByRole('listitem', { name: /Learning rate: \d+%, between/ })).toBeVisible()

  // Variants that cannot be trained are counted and say why; nothing was queued for them.
  const { counts, trials, spans } = sweep
  expect(spans.length).toBeGreaterThan(5)
  expect(spans.every(({ from }) => from >= begin.getTime())).toBe(true)
  expect(counts.complete + counts.rung + counts.failed).toBe(6)
  expect(trials.filter(({ state }) => state === 'impossible').length).toBe(counts.impossible)
  expect(trials.filter(({ configuration }) => configuration['network.nodes.conv1.params.kernel'] === 99)).toEqual(
    trials.filter(({ state }) => state === 'impossible'),
  )
  const waiting = trials.find(({ state }) => state === 'rung')
  await page.locator(`[data-trial="${waiting?.number}"]`).click()
  await expect(page.getByTestId('trial-detail')).toContainText(/Place \d of \d at epoch 1/)
  await expect(page.getByTestId('trial-detail').getByRole('button', { name: 'Compare with the best' })).toBeVisible()

  // A range on an axis, by keyboard, keeps the trials inside of it everywhere.
  await page.getByRole('slider', { name: 'Range of Accuracy' }).focus()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByText(/\d of \d+ trials/)).toBeVisible()
  const kept = await page.locator('[data-trial]').count()
  expect(kept).toBeLessThan(trials.length)
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect(page.locator('[data-trial]')).toHaveCount(trials.length)
  for (const theme of ['dark', 'light'] as const) {
    await app.evaluate(({ nativeTheme }, source) => (nativeTheme.themeSource = source), theme)
    await saveScreenshot(page, join(results, `sweep-${theme}.png`))
    await expectAccessible(page, `sweep ${theme}`)
  }

  await answer.getByRole('button', { name: 'Train on to 8 epochs' }).click()
  await page.waitForURL(/#\/runs\/\d+$/)
  const branch = Number(page.url().split('/').at(-1))
  const parent = trials.find(({ number }) => number === best?.trial)?.run
  // In the day it waits for the next night, as everything does.
  expect((await call(page, 'runs.get', { run: branch })).status).toBe('queued')
  night.moveTo(timeOfTomorrow(22, 0, 1))
  await expect
    .poll(async () => (await call(page, 'runs.get', { run: branch })).status, { timeout: 120_000 })
    .toBe('finished')
  const run = await call(page, 'runs.get', { run: branch })
  expect(run.review.parent).toMatchObject({ run: parent, epoch: 3 })
  expect(run.epochs.map(({ epoch }) => epoch)).toEqual([4, 5, 6, 7, 8])
})

test('a range test tells which learning rate to take, and the form takes it', async ({ page }) => {
  test.setTimeout(120_000)
  await fillTraining(page, { dataset: 'Shapes', batchSize: 32 })
  await page.getByRole('button', { name: 'Rate test' }).click()
  await page.waitForURL(/#\/runs\/\d+$/)
  const panel = page.getByRole('region', { name: 'Learning-rate range test' })
  await expect(panel.getByText(/Falls fastest at 0\.\d+, grows beyond \d/)).toBeVisible({ timeout: 90_000 })
  const take = panel.getByRole('button', { name: /^Use 0\.\d+$/ })
  const rate = ((await take.textContent()) ?? '').replace('Use', '').trim()
  await take.click()
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue(rate)

  // The same field is an axis by its menu, from the keyboard too.
  await page.getByLabel('Learning rate', { exact: true }).press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Search over a log range' }).press('Enter')
  await expect(page.getByRole('button', { name: 'Search over 1 axis' })).toBeVisible()
})
