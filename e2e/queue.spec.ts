/** An evening at the queue: jobs lined up, put in order by hand and by keyboard, watched, paused, changed, and taken back. */
import { join } from 'node:path'
import { ServiceClient } from '../app/ipc/service-client.ts'
import { call } from './fixtures/bridge.ts'
import { QueuePage, shapesSpec } from './fixtures/queue-page.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

const results = join(import.meta.dirname, 'results', 'gallery')

test('jobs are put in order, chosen, planned and taken back, by mouse and by keyboard', async ({ page }) => {
  test.setTimeout(180_000)
  const queue = new QueuePage(page)
  await queue.open()
  await expect(page.getByText('Nothing is queued')).toBeVisible()
  await page.getByRole('button', { name: 'Pause the queue' }).click()
  await expect(page.getByRole('button', { name: 'Resume the queue' })).toBeVisible()
  await queue.add(['A', 'B', 'C', 'D', 'E'].map((name) => shapesSpec(name, 200)))
  await expect(queue.rows).toHaveCount(5)
  await expect(queue.state).toHaveAttribute('data-queue-state', 'held')
  await expect(page.getByText('The queue is paused')).toBeVisible()

  // By hand, and back.
  await queue.drag('E', { above: 'B' })
  await expect.poll(() => queue.names()).toEqual(['A', 'E', 'B', 'C', 'D'])
  await expect(queue.undo).toHaveAccessibleName('Undo: moving 1 job')
  await page.keyboard.press('Control+z')
  await expect(page.getByText('Taken back: moving 1 job')).toBeVisible()
  await expect.poll(() => queue.names()).toEqual(['A', 'B', 'C', 'D', 'E'])
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(() => queue.names()).toEqual(['A', 'E', 'B', 'C', 'D'])

  // By keyboard: one down, two together to the front.
  await queue.row('A').focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(() => queue.names()).toEqual(['E', 'A', 'B', 'C', 'D'])
  await expect(queue.row('A')).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await expect(page.getByText('2 selected')).toBeVisible()
  await page.keyboard.press('Alt+Home')
  await expect.poll(() => queue.names()).toEqual(['C', 'D', 'E', 'A', 'B'])

  // What is chosen is paused and gets a priority, as one.
  await page.keyboard.press('p')
  await expect(queue.row('C')).toHaveAttribute('data-state', 'paused')
  await expect(queue.row('D')).toHaveAttribute('data-state', 'paused')
  await page.getByRole('button', { name: 'Job options…' }).click()
  const options = page.getByRole('dialog', { name: 'Options of 2 jobs' })
  await options.getByRole('textbox', { name: 'Priority' }).fill('900')
  await expect(options.getByText('Enter a whole number from -100 to 100')).toBeVisible()
  await options.getByRole('textbox', { name: 'Priority' }).fill('-5')
  await options.getByRole('button', { name: 'Save' }).click()
  await expect(options).toBeHidden()
  await expect.poll(() => queue.names()).toEqual(['E', 'A', 'B', 'C', 'D'])

  // A click takes one, Shift a range, Ctrl one more.
  await queue.row('E').getByRole('rowheader').click()
  await queue
    .row('B')
    .getByRole('rowheader')
    .click({ modifiers: ['Shift'] })
  await queue
    .row('D')
    .getByRole('rowheader')
    .click({ modifiers: ['Control'] })
  await expect(page.getByText('4 selected')).toBeVisible()
  await page.keyboard.press('Escape')

  // Opening a menu moves nothing under it.
  const before = await queue.row('B').boundingBox()
  await queue.row('B').getByRole('button', { name: 'More actions: B' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  expect(await queue.row('B').boundingBox()).toEqual(before)
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(queue.rows).toHaveCount(6)
  await page.keyboard.press('Control+z')
  await expect(queue.rows).toHaveCount(5)

  // Changed in the form of the composer; it keeps its place.
  await queue.choose(queue.row('A'), 'Change experiment…')
  await expect(page.getByText('Changes “A” in the queue')).toBeVisible()
  await page.getByLabel('Name', { exact: true }).fill('A, slower')
  await page.getByLabel('Learning rate', { exact: true }).fill('0.001')
  await page.getByRole('button', { name: 'Save to the queue' }).click()
  await expect.poll(() => queue.names()).toEqual(['E', 'A, slower', 'B', 'C', 'D'])
  await page.keyboard.press('Control+z')
  await expect.poll(() => queue.names()).toEqual(['E', 'A', 'B', 'C', 'D'])

  // Hours that are not now: nothing starts though the queue is on.
  await page.getByRole('button', { name: 'Night plan…' }).first().click()
  const plan = page.getByRole('dialog', { name: 'Night plan' })
  await plan.getByRole('button', { name: 'Nights' }).click()
  await plan.getByRole('button', { name: 'Nights' }).click()
  const hours = plan.getByRole('group', { name: /^Hours \d/ })
  await expect(hours).toHaveCount(2)
  await plan.getByRole('button', { name: 'Remove hours 2' }).click()
  const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
  for (const day of days.slice(0, 5)) await hours.getByRole('button', { name: day }).click()
  await expect(plan.getByText('Choose at least one day')).toBeVisible()
  await expect(plan.getByRole('button', { name: 'Save' })).toBeDisabled()
  const inThreeDays = days[(new Date().getDay() + 2) % 7] as string
  await hours.getByRole('button', { name: inThreeDays }).click()
  // Times are typed, or moved by the arrow keys, the same whatever the system's locale is.
  await hours.getByLabel('From').fill('10 PM')
  await expect(plan.getByText('Enter times such as 22:30')).toBeVisible()
  await expect(plan.getByRole('button', { name: 'Save' })).toBeDisabled()
  await hours.getByLabel('From').fill('0100')
  await hours.getByLabel('To').fill('05:45')
  await hours.getByLabel('To').press('ArrowDown')
  await expect(hours.getByLabel('To')).toHaveValue('05:30')
  await expect(hours.getByLabel('From')).toHaveValue('01:00')
  await plan.getByRole('button', { name: 'Deadline: Tomorrow at 08:00' }).click()
  await expect(plan.getByLabel('Time of the deadline')).toHaveValue('08:00')
  await plan.getByLabel('Day of the deadline').fill('2000-02-30')
  await expect(plan.getByText(/^Enter a date such as/)).toBeVisible()
  await plan.getByLabel('Day of the deadline').fill('2000-01-01')
  await saveScreenshot(page, join(results, 'queue-plan-dialog.png'))
  await plan.getByRole('button', { name: 'Save' }).click()
  await expect(plan).toBeHidden()
  await page.getByRole('button', { name: 'Resume the queue' }).click()
  await expect(queue.state).toHaveAttribute('data-queue-state', 'closed')
  await expect(page.getByText(/^Jobs start at/)).toBeVisible()
  await expect(page.getByRole('region', { name: 'Night plan' })).toContainText('3 jobs end after the deadline')
  const { settings } = await call(page, 'queue.get', {})
  expect(settings.windows).toEqual([{ days: [days.indexOf(inThreeDays) + 1], from: '01:00', to: '05:30' }])
  await saveScreenshot(page, join(results, 'queue-planned.png'))
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await expect(queue.state).toHaveAttribute('data-queue-state', 'held')

  // Delete cancels; the focus stays in the table.
  await queue.row('E').focus()
  await page.keyboard.press('Delete')
  await expect.poll(() => queue.names()).toEqual(['A', 'B', 'C', 'D'])
  await expect(queue.row('A')).toBeFocused()
})

test('a job is watched, paused after its epoch, goes on, ends, and is tried again', async ({ page, cli }) => {
  test.setTimeout(180_000)
  const queue = new QueuePage(page)
  await queue.open()
  await queue.add([shapesSpec('Long', 5000), shapesSpec('Short')])
  const card = queue.running('Long')
  await expect(card).toBeVisible()
  await expect(card.locator('path')).toHaveAttribute('d', /^M[\d. L]+$/, { timeout: 60_000 })
  await expect(card.getByText(/Epoch \d+ of 5,000 · Step \d+ of/)).toBeVisible()
  const numbers = card.locator('dd')
  await expect(numbers.nth(0)).toHaveText(/[\d,]+/)
  await expect(numbers.nth(1)).toHaveText(/\d/)
  await expect(numbers.nth(2)).toHaveText('CPU')
  await expect(numbers.nth(3)).toHaveText(/MiB|GiB/, { timeout: 30_000 })
  await expect(numbers.nth(4)).toHaveText(/\d\.\d cores/)
  const machine = page.getByRole('group', { name: 'The whole computer, with everything that runs on it' })
  await expect(machine).toContainText(/CPU\s*\d+%/, { timeout: 30_000 })
  await expect(machine).toContainText(/Memory\s*[\d.]+ (MiB|GiB) of [\d.]+ GiB/)
  await saveScreenshot(page, join(results, 'queue-machine.png'))

  await queue.choose(card, 'Log')
  await expect(page.getByRole('log')).toContainText(/process \d+/)
  await page.keyboard.press('Escape')

  // Another learning rate, from a step on that is told; it stands in the history of the run.
  await queue.choose(card, 'Learning rate…')
  const rate = page.getByRole('dialog', { name: 'Learning rate of Long' })
  await expect(rate.getByRole('textbox', { name: 'Learning rate' })).toHaveValue('0.02')
  await rate.getByRole('textbox', { name: 'Learning rate' }).fill('0.003')
  await rate.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/Learning rate 0.003 from step [\d,]+ on/)).toBeVisible()
  await card.getByRole('button', { name: 'Long', exact: true }).click()
  await page.getByRole('tab', { name: 'History' }).click()
  await expect(page.locator('[data-event="run.rateChanged"]')).toContainText('learning rate 0.003')
  await page.getByRole('tab', { name: /Checkpoints/ }).click()
  // New checkpoints come several times a second and old ones go: the one under the pointer may be gone when it is clicked.
  await expect(async () => {
    const pins = page.getByRole('button', { name: /^Keep the checkpoint of step/ })
    await pins.first().click({ timeout: 2000 })
    await expect(page.getByRole('cell', { name: /Pinned/ })).toBeVisible({ timeout: 2000 })
  }).toPass({ timeout: 30_000 })
  await saveScreenshot(page, join(results, 'run-pinned.png'))
  await queue.open()

  await queue.choose(card, 'Pause after this epoch')
  await expect(queue.row('Long')).toHaveAttribute('data-state', 'paused', { timeout: 60_000 })
  await expect(queue.row('Long')).toContainText(/epoch \d+ is finished/)
  // The next one takes its place.
  await expect(async () => {
    await page.getByRole('radio', { name: /^Ended/ }).click()
    await expect(page.locator('li[data-run]').filter({ hasText: 'Short' })).toContainText('Finished', { timeout: 1000 })
  }).toPass({ timeout: 90_000 })
  await page.getByRole('radio', { name: /^In line/ }).click()

  await queue.choose(queue.row('Long'), 'Resume')
  await expect(card).toBeVisible({ timeout: 30_000 })
  await queue.choose(card, 'Cancel')
  await expect(card).toBeHidden({ timeout: 60_000 })
  await page.getByRole('radio', { name: /^Ended/ }).click()
  const ended = page.locator('li[data-run]').filter({ hasText: 'Long' })
  await expect(ended).toContainText('Stopped')
  await queue.choose(ended, 'Go on from the last checkpoint')
  await expect(card).toBeVisible({ timeout: 30_000 })
  await queue.choose(card, 'Finish after this epoch')
  await expect(card).toBeHidden({ timeout: 60_000 })
  await expect(ended).toContainText('Finished')
  await queue.add([shapesSpec('Last', 5000)])
  await queue.running('Last').getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('radio', { name: /^In line/ }).click()
  await expect(queue.row('Last')).toHaveAttribute('data-state', 'paused', { timeout: 60_000 })
  const { jobs } = JSON.parse((await cli(['queue', 'list', '--json'])).stdout) as { jobs: { state: string }[] }
  expect(jobs.map(({ state }) => state)).toEqual(['paused'])
})

test('a window, another client and two command lines act on one queue at once, and the tray holds it', async ({
  studio: { app, page },
  home,
  cli,
}) => {
  const queue = new QueuePage(page)
  await queue.open()
  await call(page, 'queue.hold', { held: true })
  const [a, b, c, d, e, f] = (await queue.add(['A', 'B', 'C', 'D', 'E', 'F'].map((name) => shapesSpec(name, 200)))).map(
    String,
  )
  const other = await new ServiceClient({ home, client: 'cli', start: null }).open()
  const told: number[][] = []
  other.on('queue.changed', ({ runs }) => void told.push([...runs]))
  await queue.row('C').focus()
  const [first, second] = await Promise.all([
    cli(['queue', 'move', `${e}`, '1']),
    cli(['queue', 'cancel', `${b}`]),
    other.call('queue.move', { runs: [Number(f)], before: Number(a) }),
    other.call('queue.pause', { runs: [Number(d)] }),
    page.keyboard.press('Alt+End'),
  ])
  expect([first.code, second.code]).toEqual([0, 0])
  const { jobs } = await other.call('queue.get', {})
  const order = jobs.map(({ run }) => run)
  expect(order.toSorted((x, y) => x - y).map(String)).toEqual([a, c, d, e, f])
  const { stdout } = await cli(['queue', 'list', '--json'])
  expect((JSON.parse(stdout) as { jobs: { run: number }[] }).jobs.map(({ run }) => run)).toEqual(order)
  const nameOf = new Map([a, b, c, d, e, f].map((run, index) => [Number(run), 'ABCDEF'[index]]))
  await expect.poll(() => queue.names()).toEqual(order.map((run) => nameOf.get(run)))
  await expect(queue.row('D')).toHaveAttribute('data-state', 'paused')
  await expect.poll(() => new Set(told.flat()).size).toBeGreaterThanOrEqual(4)

  // The tray's menu is built anew when the queue changes; Electron lists no trays, so it is caught on its way to the system.
  await app.evaluate(({ Tray }) => {
    const set = Tray.prototype.setContextMenu
    Tray.prototype.setContextMenu = function (menu) {
      Object.assign(globalThis, { caughtMenu: menu })
      return set.call(this, menu)
    }
  })
  const items = () =>
    app.evaluate(() => {
      const { caughtMenu } = globalThis as unknown as { caughtMenu?: Electron.Menu }
      return caughtMenu?.items
        .filter(({ type }) => type === 'normal')
        .map(({ label, enabled }) => `${label}: ${enabled}`)
    })
  const click = (label: string) =>
    app.evaluate((_, wanted) => {
      const { caughtMenu } = globalThis as unknown as { caughtMenu?: Electron.Menu }
      caughtMenu?.items.find((item) => item.label === wanted)?.click()
    }, label)
  await other.call('queue.cancel', { runs: [Number(c)] })
  await expect.poll(items).toContain('Resume the queue: true')
  await click('Resume the queue')
  await expect(queue.state).toHaveAttribute('data-queue-state', 'running')
  await expect.poll(items).toContain('Pause all now: true')
  await click('Pause all now')
  await expect(queue.state).toHaveAttribute('data-queue-state', 'held', { timeout: 30_000 })
  expect((await other.call('queue.get', {})).settings.hold?.paused).toHaveLength(1)
  other.close()
})

test('ten thousand jobs are listed, scrolled and moved', async ({ page }) => {
  test.setTimeout(240_000)
  const queue = new QueuePage(page)
  await queue.open()
  await call(page, 'queue.hold', { held: true })
  const seeds = Array.from({ length: 1000 }, (_, index) => index)
  const specs = Array.from({ length: 10 }, (_, index) => shapesSpec(`Matrix ${index}`))
  await call(page, 'queue.add', { specs, seeds })
  await expect(page.getByRole('radio', { name: 'In line 10,000' })).toBeVisible({ timeout: 60_000 })
  // Only what is in sight exists.
  expect(await queue.rows.count()).toBeLessThan(100)
  await queue.rows.first().focus()
  await page.keyboard.press('End')
  await expect(page.locator('tr[data-run="10000"]')).toBeFocused()
  await page.keyboard.press('Alt+Home')
  await expect(page.locator('tbody tr[data-run]').first()).toHaveAttribute('data-run', '10000')
  await page.keyboard.press('Control+a')
  await expect(page.getByText('10000 selected')).toBeVisible()
  // What has the focus is followed back to its place.
  await page.keyboard.press('Control+z')
  await expect(page.getByText('Taken back: moving 1 job')).toBeVisible()
  await expect(page.locator('tr[data-run="10000"]')).toBeFocused()
  await expect(page.locator('tr[data-run="9999"]')).toBeVisible()
})
