/**
 * How fast runs are reviewed: frames while charts of a million steps are zoomed and panned, of one run and of four over each other; frames while a
 * table of 50,000 runs scrolls, and how long it takes to answer a filter, a sort and a group. Prints tables and asserts no times; runs only
 * when asked: STRATA_BENCH=1 npm test -- e2e review-speed
 */
import type { Locator, Page } from '@playwright/test'
import { frames } from './fixtures/frames.ts'
import { addCurves, addPastRun, withStore } from './fixtures/past-runs.ts'
import { resize } from './fixtures/pictures.ts'
import { expect, test } from './fixtures/studio.ts'

test.skip(process.env['STRATA_BENCH'] !== '1', 'a benchmark, run on request')

const steps = 1_000_000
const epochs = 100

async function middle(chart: Locator): Promise<{ x: number; y: number; width: number }> {
  const box = await chart.boundingBox()
  if (!box) throw new Error('the chart is not shown')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width }
}

/** By the wheel: closer and out again, three times. */
async function zoom(page: Page, chart: Locator): Promise<void> {
  const { x, y } = await middle(chart)
  await page.mouse.move(x, y)
  await page.keyboard.down('Control')
  for (let turn = 0; turn < 3; turn++) {
    for (let i = 0; i < 25; i++) await page.mouse.wheel(0, -100)
    for (let i = 0; i < 25; i++) await page.mouse.wheel(0, 100)
  }
  for (let i = 0; i < 15; i++) await page.mouse.wheel(0, -100)
  await page.keyboard.up('Control')
}

/** By the middle button, to and fro. */
async function pan(page: Page, chart: Locator): Promise<void> {
  const { x, y, width } = await middle(chart)
  await page.mouse.move(x, y)
  await page.mouse.down({ button: 'middle' })
  for (let i = 0; i < 120; i++) await page.mouse.move(x + 0.4 * width * Math.sin(i / 10), y)
  await page.mouse.up({ button: 'middle' })
}

/** The pointer over the curves, which reads them and lets one stand out. */
async function hover(page: Page, chart: Locator): Promise<void> {
  const { x, y, width } = await middle(chart)
  for (let i = 0; i < 120; i++) await page.mouse.move(x + 0.4 * width * Math.sin(i / 10), y + 60 * Math.cos(i / 7))
}

async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate((next) => {
    location.hash = next
  }, hash)
}

/** From an action to the frame that shows what it did. */
async function answerMs(page: Page, action: () => Promise<void>, done: () => Promise<void>): Promise<string> {
  const started = Date.now()
  await action()
  await done()
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  return `${Date.now() - started} ms`
}

test('charts of a million steps', async ({ openStudio, home }) => {
  test.setTimeout(600_000)
  const runs = withStore(home, (store) =>
    [1, 2, 3, 4].map((seed) => {
      const past = { name: `Long ${seed}`, learningRate: 0.01 * seed, epochs, stepsPerEpoch: steps / epochs }
      const run = addPastRun(store, { ...past, accuracy: 0.8 })
      addCurves(store, run, steps, epochs)
      return run
    }),
  )
  const studio = await openStudio()
  const { page } = studio
  await resize(studio, 1440, 900)
  await expect(page.getByRole('navigation')).toBeVisible()
  const told: string[] = []

  const loss = page.getByRole('region', { name: 'Loss of Long 1' })
  const chart = loss.getByRole('application')
  const opened = await answerMs(
    page,
    () => show(page, `#/runs/${runs[0]}`),
    () => expect(loss.getByRole('button', { name: /^Train / })).not.toContainText('–', { timeout: 60_000 }),
  )
  told.push(`a run, opened: ${opened}`)
  told.push(`a run, zoom: ${await frames(page, () => zoom(page, chart))}`)
  told.push(`a run, pan: ${await frames(page, () => pan(page, chart))}`)
  told.push(`a run, read: ${await frames(page, () => hover(page, chart))}`)

  const curves = page.getByRole('region', { name: 'Curves' })
  const overlay = curves.getByRole('application').first()
  const compared = await answerMs(
    page,
    () => show(page, `#/compare/${runs.join()}`),
    () => expect(curves.locator('canvas').first()).toBeVisible({ timeout: 120_000 }),
  )
  told.push(`four runs, compared: ${compared}`)
  await curves.getByRole('button', { name: 'Gradient norm, Train' }).click()
  await overlay.scrollIntoViewIfNeeded()
  told.push(`four runs, zoom: ${await frames(page, () => zoom(page, overlay))}`)
  told.push(`four runs, pan: ${await frames(page, () => pan(page, overlay))}`)
  told.push(`four runs, read: ${await frames(page, () => hover(page, overlay))}`)
  console.log(told.join('\n'))
})

test('a table of 50,000 runs', async ({ openStudio, home }) => {
  test.setTimeout(600_000)
  const count = 50_000
  withStore(home, (store) =>
    store.transaction(() => {
      for (let i = 0; i < count; i++) {
        const past = { name: `run ${i} of the night`, zoo: i % 3 === 0 ? 'resnet20' : 'lenet5', seed: i % 5, epochs: 2 }
        addPastRun(store, { ...past, learningRate: 10 ** -(1 + (i % 40) / 10), accuracy: ((i * 7919) % 1000) / 1000 })
      }
    }),
  )
  const studio = await openStudio()
  const { page } = studio
  await resize(studio, 1440, 900)
  await expect(page.getByRole('navigation')).toBeVisible()
  const rows = page.locator('tbody tr[data-run]')
  const told: string[] = []
  const started = Date.now()
  await page.keyboard.press('Control+3')
  await expect(rows.first()).toBeVisible({ timeout: 120_000 })
  told.push(`shown after ${Date.now() - started} ms`)
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'train.learningRate' }).check({ timeout: 120_000 })
  await page.keyboard.press('Escape')

  const scroll = async (): Promise<void> => {
    const box = await page.locator('table').first().boundingBox()
    await page.mouse.move((box?.x ?? 0) + 400, 600)
    for (let i = 0; i < 120; i++) await page.mouse.wheel(0, i % 40 < 30 ? 400 : -900)
  }
  told.push(`scroll: ${await frames(page, scroll)}`)
  const filter = page.getByRole('searchbox', { name: 'Filter by name, network or dataset' })
  const filters = [
    ['a number and a tag', 'best.accuracy > 90% and (lr < 0.01 or tag = night)'],
    ['words', 'resnet night'],
    ['all again', ''],
  ] as const
  for (const [name, text] of filters) {
    const answered = await page.evaluate(async (typed) => {
      const field = document.querySelector<HTMLInputElement>('input[type=search]')
      if (!field) throw new Error('no filter')
      field.value = typed
      const before = performance.now()
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      await new Promise((settled) => setTimeout(settled))
      const computed = performance.now() - before
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))
      return [computed, performance.now() - before].map((ms) => ms.toFixed(0))
    }, text)
    await expect(filter).toHaveValue(text)
    told.push(
      `filter by ${name}: ${answered[0]} ms until the table has the answer, ${answered[1]} ms until it is drawn`,
    )
  }
  const sortBy = page.getByRole('columnheader', { name: 'Best' }).getByRole('button')
  told.push(
    `sort: ${await answerMs(
      page,
      () => sortBy.click(),
      () => expect(rows.first()).toBeVisible(),
    )}`,
  )
  const group = page.getByLabel('Group by')
  const grouped = await answerMs(
    page,
    async () => {
      await group.selectOption('network')
    },
    () => expect(page.locator('tr.group').first()).toBeVisible(),
  )
  told.push(`group: ${grouped}`)
  told.push(`scroll, grouped: ${await frames(page, scroll)}`)
  console.log(told.join('\n'))
})
