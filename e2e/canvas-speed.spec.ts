/**
 * How fast the canvas is with large networks: what a frame of panning and dragging costs the window's thread, what an edit and a layout take. Prints
 * values and asserts no times; runs only when asked: STRATA_BENCH=1 npm test -- e2e canvas-speed
 */
import type { Page } from '@playwright/test'
import { expandNetwork } from '../experiments/network/expand-network.ts'
import type { NetworkDocument } from '../experiments/network/network-document.ts'
import { zooNetwork } from '../experiments/zoo/registry.ts'
import { openBlank, openFromZoo, pasteNetwork } from './fixtures/composing.ts'
import { frames, inspectorOf, spent } from './fixtures/frames.ts'
import { resize } from './fixtures/pictures.ts'
import { expect, test, type OpenStudio } from './fixtures/studio.ts'

test.skip(process.env['STRATA_BENCH'] !== '1', 'a benchmark, run on request')

/** Pans by the middle button; the pointer draws a circle. */
async function pan(page: Page): Promise<string> {
  const { x, y } = await middle(page)
  return frames(page, async () => {
    await page.mouse.move(x, y)
    await page.mouse.down({ button: 'middle' })
    await circle(page, x, y)
    await page.mouse.up({ button: 'middle' })
  })
}

async function circle(page: Page, x: number, y: number): Promise<void> {
  for (let i = 0; i < 120; i++) await page.mouse.move(x + 120 * Math.sin(i / 10), y + 80 * Math.cos(i / 10))
}

async function middle(page: Page): Promise<{ readonly x: number; readonly y: number }> {
  const box = await page.locator('#network-canvas').boundingBox()
  if (!box) throw new Error('no canvas')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Zooms by the keys until the view stands. */
async function key(page: Page, ...keys: readonly string[]): Promise<void> {
  const canvas = page.locator('#network-canvas')
  await canvas.focus()
  for (const pressed of keys) await page.keyboard.press(pressed)
  const viewport = page.locator('.svelte-flow__viewport')
  let last = ''
  await expect
    .poll(async () => {
      const before = last
      last = (await viewport.getAttribute('style')) ?? ''
      return last === before
    })
    .toBe(true)
}

/**
 * What an edit costs that the layers behind depend on: lowering and analysis, scripts of the window's thread, and all of it until the edit is drawn.
 * The first edits after a start run code that is not compiled yet and are told apart.
 */
async function edits(page: Page): Promise<string> {
  await page.evaluate(() => {
    const analysed: number[] = []
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) {
        if (name === 'lower') analysed.push(duration)
        else if (name === 'analyse') analysed.push((analysed.pop() ?? 0) + duration)
      }
    }).observe({ type: 'measure' })
    Object.assign(window, { analysed })
  })
  return [await typed(page, 'first 20', 100), await typed(page, 'next 40', 200, 40)].join('\n  ')
}

async function typed(page: Page, title: string, from: number, count = 20): Promise<string> {
  const inspector = await inspectorOf(page)
  const before = await spent(inspector)
  const { walls, drawn, analysed } = await page.evaluate(
    async ({ from: first, count: times }) => {
      const field = document.querySelector<HTMLInputElement>('#param-filters')
      const heard = (window as unknown as { analysed: number[] }).analysed
      heard.length = 0
      const taken: number[] = []
      const shown: number[] = []
      for (let i = 0; field && i < times; i++) {
        await new Promise((resolve) => requestAnimationFrame(resolve))
        field.value = String(first + i)
        const start = performance.now()
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))
        await new Promise((resolve) => setTimeout(resolve))
        taken.push(performance.now() - start)
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
        shown.push(performance.now() - start)
        await new Promise((resolve) => requestIdleCallback(resolve))
      }
      const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
      return { walls: sorted(taken), drawn: sorted(shown), analysed: sorted(heard) }
    },
    { from, count },
  )
  const after = await spent(inspector)
  await inspector.detach()
  const each = (name: string) => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) / count).toFixed(1)
  const told = (values: readonly number[]) =>
    `median ${(values[Math.floor(values.length / 2)] ?? NaN).toFixed(1)}, longest ${(values.at(-1) ?? NaN).toFixed(1)} ms`
  return [
    `${title}: lowering and analysis ${told(analysed)}; until the network is updated ${told(walls)}; until drawn ${told(drawn)};`,
    `the window's thread ${each('TaskDuration')} ms`,
    `(scripts ${each('ScriptDuration')}, style ${each('RecalcStyleDuration')}, layout ${each('LayoutDuration')})`,
  ].join(' ')
}

/** From the key to the frame in which the nodes are in their places, seen from inside: asking from outside takes longer than most layouts. */
async function arrange(page: Page): Promise<string> {
  await page.evaluate(() => {
    const arranged = new Promise<{ ms: number; longest: number }>((resolve) => {
      let start = 0
      let last = 0
      let longest = 0
      const tick = (at: number): void => {
        longest = Math.max(longest, at - last)
        last = at
        if (document.querySelector('[aria-label^="Undo: Arrange"]')) resolve({ ms: at - start, longest })
        else requestAnimationFrame(tick)
      }
      const begin = (): void => {
        start = last = performance.now()
        requestAnimationFrame(tick)
      }
      document.addEventListener('keydown', begin, { capture: true, once: true })
    })
    Object.assign(window, { arranged })
  })
  await page.keyboard.press('l')
  const { ms, longest } = await page.evaluate(
    () => (window as unknown as { arranged: Promise<{ ms: number; longest: number }> }).arranged,
  )
  return `${ms.toFixed(0)} ms, longest frame of the window meanwhile ${longest.toFixed(0)} ms`
}

async function unfolded(page: Page): Promise<readonly string[]> {
  await openFromZoo(page, 'resnet152')
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Unfold all' }).click()
  await expect(page.getByRole('button', { name: /^Undo: (Arrange|Unfold)/ })).toBeVisible({ timeout: 60_000 })
  await key(page, '.')
  const far = await pan(page)
  await key(page, 'Escape', 'ArrowDown', 'f')
  return [`unfolded: pan, whole network in sight: ${far}`, `unfolded: pan, near: ${await pan(page)}`]
}

async function inSingleLayers({ page }: OpenStudio, network: NetworkDocument): Promise<readonly string[]> {
  const flat = expandNetwork(network).document
  await openBlank(page)
  await pasteNetwork(page, flat)
  await expect(page.locator('#strip-layers .count')).toHaveText(String(flat.nodes.length))
  await page.locator('#network-canvas').focus()
  const layout = await arrange(page)
  await key(page, 'Escape', '.')
  const far = await pan(page)
  await key(page, 'ArrowDown', 'f')
  const near = await pan(page)
  await key(page, 'f')
  const at = await middle(page)
  const drag = await frames(page, async () => {
    await page.mouse.move(at.x, at.y)
    await page.mouse.down()
    await circle(page, at.x, at.y)
    await page.mouse.up()
  })
  await key(page, 'ArrowDown')
  await expect(page.locator('#param-filters')).toBeVisible()
  const nearEdit = await edits(page)
  await key(page, '.')
  return [
    `nodes: ${flat.nodes.length}`,
    `auto-layout: ${layout}`,
    `pan, whole network in sight: ${far}`,
    `pan, near: ${near}`,
    `drag a node, near: ${drag}`,
    `an edit, near: ${nearEdit}`,
    `an edit, whole network in sight: ${await edits(page)}`,
  ]
}

test('ResNet-152 with every block unfolded', async ({ studio, page }) => {
  test.setTimeout(300_000)
  await resize(studio, 1440, 900)
  console.log((await unfolded(page)).join('\n'))
})

test('ResNet-152 in single layers', async ({ studio }) => {
  test.setTimeout(300_000)
  await resize(studio, 1440, 900)
  console.log((await inSingleLayers(studio, zooNetwork('resnet152'))).join('\n'))
})

test('four times as deep: 2,016 layers', async ({ studio }) => {
  test.setTimeout(600_000)
  await resize(studio, 1440, 900)
  const network = zooNetwork('resnet152')
  const nodes = network.nodes.map(({ repeat, ...node }) => ({
    ...node,
    ...(repeat && { repeat: { ...repeat, times: 4 * repeat.times } }),
  }))
  console.log((await inSingleLayers(studio, { ...network, nodes })).join('\n'))
})
