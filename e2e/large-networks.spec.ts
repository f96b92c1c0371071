/** A person works on a network of hundreds of layers: what is not in sight is not drawn, and from far away everything can still be handled. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expandNetwork } from '../experiments/network/expand-network.ts'
import { zooNetwork } from '../experiments/zoo/registry.ts'
import { center, node, openBlank, pasteNetwork, setParam } from './fixtures/composing.ts'
import { resize } from './fixtures/pictures.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

const pictures = join(import.meta.dirname, 'results', 'composer')
const zoom = async (page: Page): Promise<number> => {
  const style = await page.locator('.svelte-flow__viewport').getAttribute('style')
  return Number(/scale\(([\d.]+)\)/.exec(style ?? '')?.[1])
}

test.beforeEach(async ({ studio, page }) => {
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  await resize(studio, 1440, 900)
})

test('ResNet-152 in single layers: near, an edit redraws what it changed; far, one drawing can be handled', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const network = expandNetwork(zooNetwork('resnet152')).document
  await openBlank(page)
  await pasteNetwork(page, network)
  await expect(page.locator('#strip-layers .count')).toHaveText('516')
  const canvas = page.locator('#network-canvas')
  await canvas.focus()
  await page.keyboard.press('l')
  await expect(page.getByRole('button', { name: 'Undo: Arrange' })).toBeVisible({ timeout: 60_000 })
  await page.keyboard.press('Escape')

  // Far away there are no elements for the nodes, but for the one under the pointer.
  const drawing = page.locator('.svelte-flow__viewport-back path.layer').first()
  await expect(drawing).toBeAttached()
  await expect(page.locator('.svelte-flow__node')).toHaveCount(0)
  await expect.poll(() => zoom(page)).toBeLessThan(0.02)
  await saveScreenshot(page, join(pictures, 'large-far.png'))

  // Keys zoom on from where the last one leads, also while it is still on its way.
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('f')
  await expect.poll(() => zoom(page)).toBe(1)
  for (let i = 0; i < 8; i++) await page.keyboard.press('-')
  await expect.poll(() => zoom(page)).toBeCloseTo(1.2 ** -8, 3)
  await expect(page.locator('.svelte-flow__node')).toHaveCount(0)
  await canvas.hover()

  // Dragged from far away, and chosen by a box.
  const only = page.locator('.svelte-flow__node')
  await expect(only).toHaveCount(1)
  const before = await center(only)
  const id = await only.getAttribute('data-id')
  await page.mouse.move(before.x, before.y)
  await page.mouse.down()
  await page.mouse.move(before.x + 60, before.y, { steps: 4 })
  await page.mouse.up()
  await expect(page.getByRole('button', { name: 'Undo: Move' })).toBeVisible()
  await expect(page.locator('.inspector h3')).toHaveText(id ?? '')
  await page.mouse.move(before.x - 120, before.y - 60)
  await page.keyboard.down('Shift')
  await page.mouse.down()
  await page.mouse.move(before.x + 140, before.y + 60, { steps: 4 })
  await saveScreenshot(page, join(pictures, 'large-box.png'))
  await page.mouse.up()
  await page.keyboard.up('Shift')
  await expect(page.locator('.inspector h3')).toHaveText(/^\d+ nodes/)

  // Near, an edit touches the elements of the nodes that changed, and of no other.
  await canvas.focus()
  await page.keyboard.press('Escape')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('f')
  await expect(node(page, 'conv1.conv')).toBeVisible()
  await expect(page.locator('#param-filters')).toBeVisible()
  await page.evaluate(() => {
    const touched = new Set<string>()
    Object.assign(window, { touched })
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement
        touched.add(element?.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? 'none')
      }
    }).observe(document.querySelector('.svelte-flow__nodes') ?? document.body, {
      ...{ subtree: true, childList: true, attributes: true, characterData: true },
    })
  })
  await setParam(page, 'filters', '96')
  await expect(node(page, 'conv1.conv')).toContainText('14.1K')
  const touched = await page.evaluate(() => [...(window as unknown as { touched: Set<string> }).touched].sort())
  // Its own costs, those of the layers that its width goes through, and of the first that take it in.
  expect(touched).toEqual(['conv1.conv', 'conv1.norm', 'conv2_x.1.conv1', 'conv2_x.1.shortcut'])
  for (const other of ['input', 'conv1.activation', 'pool1']) await expect(node(page, other)).toBeVisible()
})
