/**
 * How fast the canvas is with ResNet-152 in single layers: frames while panning and dragging, time of an edit, time of a layout. Prints a table and
 * asserts no times; runs only when asked: STRATA_BENCH=1 npm test -- e2e canvas-speed
 */
import type { Page } from '@playwright/test'
import { expandNetwork } from '../experiments/network/expand-network.ts'
import { zooNetwork } from '../experiments/zoo/registry.ts'
import { openBlank, openFromZoo } from './fixtures/composing.ts'
import { resize } from './fixtures/pictures.ts'
import { expect, test } from './fixtures/studio.ts'

test.skip(process.env['STRATA_BENCH'] !== '1', 'a benchmark, run on request')

/**
 * Frames a second while `action` goes on, the longest of them, and what a frame costs the window's thread: the rest of a frame is the compositor's
 * drawing, which software does where there is no graphics card.
 */
async function frames(page: Page, action: () => Promise<void>): Promise<string> {
  const inspector = await page.context().newCDPSession(page)
  await inspector.send('Performance.enable')
  const busy = async (): Promise<ReadonlyMap<string, number>> => {
    const { metrics } = await inspector.send('Performance.getMetrics')
    return new Map(metrics.map(({ name, value }) => [name, value * 1000]))
  }
  await page.evaluate(() => {
    const times: number[] = []
    const state = { times, on: true }
    Object.assign(window, { frameTimes: state })
    const tick = (at: number): void => {
      times.push(at)
      if (state.on) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  const before = await busy()
  await action()
  const after = await busy()
  await inspector.detach()
  const times = await page.evaluate(() => {
    const { frameTimes } = window as unknown as { frameTimes: { times: number[]; on: boolean } }
    frameTimes.on = false
    return frameTimes.times
  })
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? at))
  const seconds = gaps.reduce((sum, gap) => sum + gap, 0) / 1000
  const sorted = gaps.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0)
  const spent = (name: string) => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) / gaps.length).toFixed(1)
  return [
    `${(gaps.length / seconds).toFixed(0)} frames/s, median ${at(0.5)} ms, 95 % ${at(0.95)} ms;`,
    `the window's thread a frame: ${spent('TaskDuration')} ms`,
    `(scripts ${spent('ScriptDuration')}, style ${spent('RecalcStyleDuration')}, layout ${spent('LayoutDuration')})`,
  ].join(' ')
}

/** Pans by the middle button; the pointer draws a circle. */
async function pan(page: Page, x: number, y: number): Promise<void> {
  await page.mouse.move(x, y)
  await page.mouse.down({ button: 'middle' })
  await circle(page, x, y)
  await page.mouse.up({ button: 'middle' })
}

async function circle(page: Page, x: number, y: number): Promise<void> {
  for (let i = 0; i < 120; i++) await page.mouse.move(x + 120 * Math.sin(i / 10), y + 80 * Math.cos(i / 10))
}

test('ResNet-152 with every block unfolded', async ({ studio, page }) => {
  test.setTimeout(300_000)
  await resize(studio, 1440, 900)
  await openFromZoo(page, 'resnet152')
  const canvas = page.locator('#network-canvas')
  await canvas.focus()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Unfold all' }).click()
  await expect(page.getByRole('button', { name: /^Undo: (Arrange|Unfold)/ })).toBeVisible({ timeout: 60_000 })
  await canvas.focus()
  await page.keyboard.press('.')
  await expect(page.locator('.svelte-flow__node-layer').nth(300)).toBeVisible()
  const box = await canvas.boundingBox()
  if (!box) throw new Error('no canvas')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const far = await frames(page, () => pan(page, x, y))
  for (let i = 0; i < 30; i++) await page.keyboard.press('+')
  const near = await frames(page, () => pan(page, x, y))
  console.log([`unfolded: pan, whole network in sight: ${far}`, `unfolded: pan, near: ${near}`].join('\n'))
})

test('ResNet-152 in single layers', async ({ studio, page }) => {
  test.setTimeout(300_000)
  await resize(studio, 1440, 900)
  const flat = expandNetwork(zooNetwork('resnet152')).document
  const text = JSON.stringify(flat).replaceAll(
    /"(id|source|target)":"([^"]+)"/g,
    (_all, key: string, id: string) => `"${key}":"${id.replaceAll('/', '.')}"`,
  )
  await openBlank(page)
  const canvas = page.locator('#network-canvas')
  await canvas.focus()
  await page.evaluate((json) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', json)
    document
      .querySelector('#network-canvas')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  }, text)
  await expect(page.locator('.totals')).toContainText('60.2M')
  await canvas.focus()
  const started = Date.now()
  const waiting = await frames(page, async () => {
    await page.keyboard.press('l')
    await expect(page.getByRole('button', { name: 'Undo: Arrange' })).toBeVisible({ timeout: 60_000 })
  })
  const layoutMs = Date.now() - started
  await page.keyboard.press('Escape')
  const box = await canvas.boundingBox()
  if (!box) throw new Error('no canvas')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const far = await frames(page, () => pan(page, x, y))
  for (let i = 0; i < 30; i++) await page.keyboard.press('+')
  const near = await frames(page, () => pan(page, x, y))
  await canvas.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('f')
  const node = page.locator('.svelte-flow__node').first()
  await expect(node).toBeVisible()
  const drag = await frames(page, async () => {
    const at = await node.boundingBox()
    if (!at) throw new Error('no node')
    await page.mouse.move(at.x + at.width / 2, at.y + 12)
    await page.mouse.down()
    await circle(page, x, y)
    await page.mouse.up()
  })
  // A parameter that every layer behind depends on: analysis, scene and drawing together.
  await canvas.focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.locator('#param-filters')).toBeVisible()
  const edits = await page.evaluate(async () => {
    const field = document.querySelector<HTMLInputElement>('#param-filters')
    const times: number[] = []
    for (let i = 0; field && i < 20; i++) {
      field.value = String(100 + i)
      const before = performance.now()
      field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      await new Promise((resolve) => setTimeout(resolve))
      times.push(performance.now() - before)
    }
    return times.sort((a, b) => a - b)
  })
  console.log(
    [
      `nodes: ${flat.nodes.length}`,
      `auto-layout: ${layoutMs} ms, window meanwhile: ${waiting}`,
      `pan, whole network in sight: ${far}`,
      `pan, near: ${near}`,
      `drag a node: ${drag}`,
      `an edit, typed until analysed and drawn: median ${(edits[10] ?? NaN).toFixed(1)} ms, longest ${(edits[19] ?? NaN).toFixed(1)} ms`,
    ].join('\n'),
  )
})
