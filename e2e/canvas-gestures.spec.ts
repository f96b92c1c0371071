/** What hands do on the canvas beyond drawing a chain: wires, clipboard, order, notes, and settings of many nodes. */
import { join } from 'node:path'
import {
  center,
  dragFromPalette,
  dragFromTo,
  dragWire,
  node,
  openBlank,
  openFromZoo,
  outline,
  wire,
} from './fixtures/composing.ts'
import { resize } from './fixtures/pictures.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

const pictures = join(import.meta.dirname, 'results', 'composer')

test.beforeEach(async ({ studio, page }) => {
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  await resize(studio, 1440, 900)
})

test('wires by hand: a node lands where it is dropped, goes into a wire, a loose end offers what fits, Alt and a click unlink', async ({
  page,
}) => {
  await openBlank(page)
  const canvas = page.locator('#network-canvas')
  const corner = await canvas.boundingBox()
  await dragFromPalette(page, 'input', 350, 120)
  const place = await center(node(page, 'input'))
  expect(Math.abs(place.x - (corner?.x ?? 0) - 350)).toBeLessThan(8)
  expect(Math.abs(place.y - (corner?.y ?? 0) - 120)).toBeLessThan(8)
  await dragFromPalette(page, 'conv2d', 350, 400)
  await dragWire(page, 'input', 'conv1')
  const middle = await center(wire(page, 'input', 'conv1').locator('.svelte-flow__edge-interaction'))
  await dragFromPalette(page, 'relu', middle.x - (corner?.x ?? 0), middle.y - (corner?.y ?? 0))
  await expect(wire(page, 'input', 'relu1')).toHaveCount(1)
  await expect(wire(page, 'relu1', 'conv1')).toHaveCount(1)

  // A dense layer takes no images: it is not offered behind a convolution.
  const output = await center(node(page, 'conv1').locator('.svelte-flow__handle.source'))
  await dragFromTo(page, output, { x: output.x + 140, y: output.y + 90 })
  const fitting = page.getByRole('dialog', { name: 'Add a layer or block' })
  await expect(fitting.getByRole('option', { name: /^Max pooling/ })).toBeVisible()
  await expect(fitting.getByRole('option', { name: /^Dense/ })).toHaveCount(0)
  await fitting.getByRole('option', { name: /^Max pooling/ }).click()
  await expect(wire(page, 'conv1', 'pool1')).toHaveCount(1)

  const port = await center(node(page, 'relu1').locator('.svelte-flow__handle.source'))
  await page.keyboard.down('Alt')
  await page.mouse.click(port.x, port.y)
  await page.keyboard.up('Alt')
  await expect(wire(page, 'relu1', 'conv1')).toHaveCount(0)
  // By keys: where it can go, without what would close a cycle.
  await node(page, 'relu1').click()
  await page.keyboard.press('c')
  const list = page.getByRole('dialog', { name: 'Connect relu1 to…' })
  await expect(list.getByRole('option')).toHaveText([/conv1/, /pool1/])
  await page.keyboard.press('Enter')
  await expect(wire(page, 'relu1', 'conv1')).toHaveCount(1)
})

test('nodes go to another network by copy and paste, and by cut; what is foreign is refused; order, notes and many at once', async ({
  studio,
  page,
}) => {
  await openFromZoo(page, 'lenet5')
  const canvas = page.locator('#network-canvas')
  const undo = (name: string) => page.getByRole('button', { name: `Undo: ${name}`, exact: true })
  await canvas.focus()
  await node(page, 'conv1').click()
  await node(page, 'conv2').click({ modifiers: ['Control'] })

  // Many at once, by an expression.
  await page.locator('#param-filters').fill('12')
  await page.locator('#param-filters').press('Enter')
  await expect(undo('Set filters')).toBeVisible()
  await page.locator('#param-filters').fill('2*wdth')
  await expect(page.getByText(/there is no variable "wdth"/)).toBeVisible()
  await canvas.focus()
  await page.keyboard.press('Escape')
  await page.getByLabel('Add variable: Name').fill('width')
  await page.keyboard.press('Enter')
  await node(page, 'conv1').click()
  await page.locator('#param-filters').fill('width/4')
  await expect(page.getByText('= 16')).toBeVisible()
  await page.locator('#param-filters').press('Enter')

  await canvas.focus()
  await node(page, 'pool1').click({ modifiers: ['Control'] })
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Control+x')
  await expect(undo('Cut 2')).toBeVisible()
  await page.getByRole('button', { name: 'New network', exact: true }).click()
  await expect(page.getByText('Draw a network')).toBeVisible()
  await page.keyboard.press('Control+v')
  expect([...(await outline(page))].sort()).toEqual(['conv1', 'pool1'])
  // The variable came along; a second paste takes other names.
  await canvas.focus()
  await page.keyboard.press('Escape')
  await expect(page.locator('#variable-width')).toHaveValue('64')
  await page.keyboard.press('Control+v')
  expect([...(await outline(page))].sort()).toEqual(['conv1', 'conv2', 'pool1', 'pool2'])
  // By the menu it is the same clipboard.
  await canvas.focus()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Copy' }).click()
  const onClipboard = () => studio.app.evaluate(({ clipboard }) => clipboard.readText())
  await expect.poll(onClipboard).toContain('pool2')
  await studio.app.evaluate(({ clipboard }) => clipboard.writeText('{"format": "of-others"}'))
  await canvas.focus()
  await page.keyboard.press('Control+v')
  await expect(page.getByText(/The clipboard holds no nodes/)).toBeVisible()
  await expect(undo('Paste')).toBeVisible()

  await page.keyboard.press('Control+a')
  await page.keyboard.press('Alt+Shift+ArrowLeft')
  await expect(undo('Align')).toBeVisible()
  await page.keyboard.press('Alt+Shift+V')
  await expect(undo('Distribute')).toBeVisible()
  await page.keyboard.press('Shift+F')
  await expect(page.getByRole('dialog', { name: 'Title of the frame' }).getByRole('textbox')).toBeFocused()
  await page.keyboard.type('Stem')
  await page.keyboard.press('Enter')
  await expect(undo('Add frame')).toBeVisible()
  await page.keyboard.press('.')
  // All of it is shown with the next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))

  // The frame takes along what lies in it: one step of undo.
  const frame = await node(page, 'frame1').boundingBox()
  const before = await center(node(page, 'conv1'))
  if (!frame) throw new Error('no frame')
  const title = { x: frame.x + frame.width / 2, y: frame.y + 8 }
  await dragFromTo(page, title, { x: title.x + 120, y: title.y + 20 })
  await expect(undo('Move')).toBeVisible()
  const after = await center(node(page, 'conv1'))
  expect(after.x - before.x).toBeGreaterThan(100)
  await page.getByLabel('Colour', { exact: true }).click()
  await page.getByRole('option', { name: 'Green' }).click()
  await expect(node(page, 'frame1').locator('.note')).toHaveClass(/green/)
  await canvas.focus()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+C')
  await page.getByRole('dialog', { name: 'Words of the comment' }).getByRole('textbox').fill('Two of each.\nWhy?')
  await page.keyboard.press('Control+Enter')
  await expect(node(page, 'comment1')).toContainText('Why?')
  await saveScreenshot(page, join(pictures, 'composer-notes.png'))
  for (const _ of ['comment', 'colour', 'move']) await page.keyboard.press('Control+z')
  expect((await center(node(page, 'conv1'))).x).toBeCloseTo(before.x, 0)
})

test('the Edit menu acts on the canvas while that has the focus, and on the text field that has it', async ({
  studio,
  page,
}) => {
  await openFromZoo(page, 'lenet5')
  const choose = (id: string): Promise<void> =>
    studio.app.evaluate(({ Menu }, item) => {
      Menu.getApplicationMenu()?.getMenuItemById(`edit-${item}`)?.click()
    }, id)
  const title = page.locator('.inspector h3')
  await node(page, 'conv1').click()
  await choose('copy')
  await choose('paste')
  await expect(node(page, 'conv3')).toHaveCount(1)
  await choose('undo')
  await expect(node(page, 'conv3')).toHaveCount(0)
  await choose('redo')
  await expect(node(page, 'conv3')).toHaveCount(1)
  await choose('undo')
  await choose('selectAll')
  await expect(title).toHaveText('14 nodes')
  await choose('cut')
  await expect(page.locator('.svelte-flow__node')).toHaveCount(0)
  await choose('undo')
  await expect(page.locator('.svelte-flow__node')).toHaveCount(14)

  const name = page.getByRole('textbox', { name: 'Name' }).first()
  await name.fill('My net')
  await choose('selectAll')
  await choose('copy')
  await choose('cut')
  await expect(name).toHaveValue('')
  await choose('paste')
  await expect(name).toHaveValue('My net')
  await expect(page.locator('.svelte-flow__node')).toHaveCount(14)
})

test('a parameter inside of an own block becomes a setting, which each node of the block has for itself', async ({
  page,
}) => {
  await openFromZoo(page, 'lenet5')
  await node(page, 'conv2').click()
  await node(page, 'activation2').click({ modifiers: ['Control'] })
  await page.keyboard.press('Control+g')
  await page.getByRole('dialog', { name: 'Make a block' }).getByRole('textbox').fill('Part')
  await page.keyboard.press('Enter')
  await expect(node(page, 'part')).toBeVisible()
  await node(page, 'part').dblclick()
  await node(page, 'conv2').click()
  await page.getByRole('button', { name: 'Make Filters a setting of the block' }).click()
  await expect(page.getByRole('button', { name: 'Take Filters out of the settings of the block' })).toBeVisible()
  await saveScreenshot(page, join(pictures, 'composer-block-setting.png'))
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Escape')
  const name = page.getByRole('textbox', { name: 'Name of the setting Filters' })
  await name.fill('Maps')
  await page.keyboard.press('Tab')
  await saveScreenshot(page, join(pictures, 'composer-block-settings.png'))

  await page.getByRole('navigation', { name: 'Where you are' }).getByRole('button').first().click()
  await node(page, 'part').click()
  const maps = page.getByRole('textbox', { name: 'Maps' })
  await expect(maps).toHaveValue('16')
  await maps.fill('24')
  await page.keyboard.press('Enter')
  await expect(page.locator('.totals')).toContainText('86.9K')
  await saveScreenshot(page, join(pictures, 'composer-block-instance.png'))
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+z')
  await expect(page.locator('.totals')).toContainText('61.7K')
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z')
  await expect(node(page, 'conv2')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Undo/ }).first()).toBeDisabled()
})
