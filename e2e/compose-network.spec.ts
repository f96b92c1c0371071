/** A person draws networks: by mouse, by keyboard, by swapping blocks, and takes everything back. */
import { join } from 'node:path'
import {
  center,
  dragFromPalette,
  dragWire,
  node,
  openBlank,
  openFromZoo,
  outline,
  setParam,
  wire,
} from './fixtures/composing.ts'
import { resize } from './fixtures/pictures.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

const pictures =
  process.env['STRATA_UPDATE_IMAGES'] === '1'
    ? join(import.meta.dirname, '..', 'docs', 'images')
    : join(import.meta.dirname, 'results', 'composer')

test.beforeEach(async ({ studio, page }) => {
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  await resize(studio, 1440, 900)
})

test('LeNet-5 from blank by mouse, undone to blank and redone', async ({ page }) => {
  test.setTimeout(180_000)
  await openBlank(page)
  await dragFromPalette(page, 'input', 300, 60)
  await setParam(page, 'height', '28')
  await setParam(page, 'width', '28')
  await setParam(page, 'channels', '1')
  await dragFromPalette(page, 'conv2d', 300, 170)
  await setParam(page, 'filters', '6')
  await setParam(page, 'kernel', '5')
  await dragWire(page, 'input', 'conv1')
  await expect(page.locator('.svelte-flow__edge .shape')).toHaveText('28 × 28 × 1')

  // The rest behind what is selected, by clicks.
  const behind = async (type: string, params: Readonly<Record<string, string>> = {}) => {
    const entry = page.locator(`#palette-${type}`)
    await entry.scrollIntoViewIfNeeded()
    await entry.click()
    for (const [name, value] of Object.entries(params)) await setParam(page, name, value)
  }
  await behind('tanh')
  await behind('average-pool2d')
  await behind('conv2d', { filters: '16', kernel: '5', padding: 'valid' })
  await behind('tanh')
  await behind('average-pool2d')
  await behind('flatten')
  await behind('dense', { units: '120' })
  await behind('tanh')
  await behind('dense', { units: '84' })
  await behind('tanh')
  await behind('dense', { units: '10' })
  await behind('classifier')
  await expect(page.locator('.totals')).toContainText('61.7K')
  await expect(page.getByText(/problem/)).toHaveCount(0)
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('l')
  await expect(page.getByRole('button', { name: 'Undo: Arrange' })).toBeVisible()
  const drawn = await outline(page)
  expect(drawn).toEqual([
    ...['input', 'conv1', 'tanh1', 'pool1', 'conv2', 'tanh2', 'pool2', 'flatten1'],
    ...['dense1', 'tanh3', 'dense2', 'tanh4', 'dense3', 'classifier'],
  ])
  await saveScreenshot(page, join(pictures, 'composer-lenet5.png'))

  await page.locator('#network-canvas').focus()
  const undo = page.getByRole('button', { name: /^Undo/ })
  for (let i = 0; i < 80 && (await undo.isEnabled()); i++) await page.keyboard.press('Control+z')
  await expect(undo).toBeDisabled()
  await expect(page.getByText('Draw a network')).toBeVisible()
  const redo = page.getByRole('button', { name: /^Redo/ })
  for (let i = 0; i < 80 && (await redo.isEnabled()); i++) await page.keyboard.press('Control+Shift+z')
  expect(await outline(page)).toEqual(drawn)
  await expect(page.locator('.totals')).toContainText('61.7K')
})

test('a GoogLeNet of two modules with palette and keyboard only', async ({ page }) => {
  test.setTimeout(120_000)
  await page.getByRole('button', { name: 'New network' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('#network-canvas')).toBeFocused()
  const add = async (query: string) => {
    await page.keyboard.press('Shift+A')
    await expect(page.getByRole('dialog', { name: 'Add a layer or block' }).getByRole('combobox')).toBeFocused()
    await page.keyboard.type(query)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(page.locator('#network-canvas')).toBeFocused()
  }
  for (const type of [
    'input',
    'conv2d',
    'max-pool2d',
    'inception',
    'inception',
    'global-average-pool',
    'dense',
    'classifier',
  ]) {
    await add(type)
  }
  await expect(page.locator('#network-canvas').getByRole('status')).toContainText('classifier')
  expect(await outline(page)).toEqual([
    ...['input', 'conv1', 'pool1', 'inception1', 'inception2', 'global-average-pool1', 'dense1', 'classifier'],
  ])
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page.locator('#inspect-name')).toBeFocused()
  await page.locator('#param-units').focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('10')
  await page.keyboard.press('Enter')
  await expect(page.locator('.totals dd').first()).not.toHaveText('0')
  await expect(page.getByText(/problem/)).toHaveCount(0)
  // Into the first module and back.
  await page.locator('#network-canvas').focus()
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('e')
  await expect(page.getByRole('navigation', { name: 'Where you are' })).toContainText('inception1')
  await expect(node(page, '@inputs')).toBeVisible()
  await page.keyboard.press('Shift+E')
  await page.keyboard.press('u')
  await expect(
    node(page, 'inception1/concatenate')
      .or(node(page, 'inception1/join'))
      .or(page.locator('[data-id^="inception1/"]').first())
      .first(),
  ).toBeVisible()
  await page.keyboard.press('l')
  await expect(page.getByRole('button', { name: 'Undo: Arrange' })).toBeVisible()
  await saveScreenshot(page, join(pictures, 'composer-googlenet.png'))
})

test('a wire is led to another port by its end, refused where it would close a cycle, and stays where it is let go over nothing', async ({
  page,
}) => {
  await openFromZoo(page, 'lenet5')
  const pull = async (source: string, target: string, to: { readonly x: number; readonly y: number }) => {
    const middle = await center(wire(page, source, target).locator('.svelte-flow__edge-interaction'))
    await page.mouse.move(middle.x, middle.y)
    const knob = await center(page.locator('.svelte-flow__edgeupdater-target'))
    await page.mouse.move(knob.x, knob.y, { steps: 4 })
    await page.mouse.down()
    await page.mouse.move((knob.x + to.x) / 2 + 60, (knob.y + to.y) / 2, { steps: 4 })
    await page.mouse.move(to.x, to.y, { steps: 4 })
    await page.mouse.up()
  }
  const input = (id: string) => center(node(page, id).locator('.svelte-flow__handle.target').first())
  const undo = page.getByRole('button', { name: /^Undo/ })
  await pull('activation1', 'pool1', await input('conv1'))
  await expect(undo).toBeDisabled()
  const place = await center(node(page, 'pool1'))
  await pull('activation1', 'pool1', { x: place.x + 260, y: place.y })
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(undo).toBeDisabled()
  await pull('activation1', 'pool1', await input('conv2'))
  await expect(page.getByRole('button', { name: 'Undo: Move wire' })).toBeEnabled()
  await expect(wire(page, 'activation1', 'conv2')).toHaveCount(1)
  await saveScreenshot(page, join(pictures, 'composer-wire-moved.png'))
  await expect(wire(page, 'activation1', 'pool1')).toHaveCount(0)
  await expect(wire(page, 'pool1', 'conv2')).toHaveCount(0)
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+z')
  await expect(wire(page, 'activation1', 'pool1')).toHaveCount(1)
  await expect(undo).toBeDisabled()
})

test('a plain stack becomes a residual one in one action', async ({ page }) => {
  await openFromZoo(page, 'plain20')
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Shift+F10')
  await page
    .getByRole('menuitem', { name: /^Swap for Residual/ })
    .first()
    .click()
  await page.getByRole('button', { name: /^Undo: Swap/ }).hover()
  await expect(page.locator('.svelte-flow__node .type', { hasText: /^Residual/ }).first()).toBeVisible()
  await saveScreenshot(page, join(pictures, 'composer-residual.png'))
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+z')
  await expect(page.locator('.svelte-flow__node .type', { hasText: /^Residual/ })).toHaveCount(0)
})

test('the analysis below the canvas: layers linked both ways, a fix by one click, advice, and what a unit sees', async ({
  page,
}) => {
  await openFromZoo(page, 'lenet5')
  const strip = page.getByRole('region', { name: 'Analysis' })
  await strip.getByRole('button', { name: 'Parameters' }).click()
  await expect(strip.locator('tbody tr').first()).toContainText('dense1')
  await strip.locator('tbody tr').first().click()
  await expect(node(page, 'dense1').locator('.layer')).toHaveClass(/selected/)
  await node(page, 'conv2').click()
  await expect(strip.locator('tr.selected')).toContainText('conv2')
  await strip.getByRole('tab', { name: 'Receptive field' }).click()
  await expect(strip.getByText('One unit of conv2 sees 14 × 14 of 28 × 28 pixels.')).toBeVisible()
  await expect(strip.locator('.box')).toBeVisible()
  await strip.getByLabel('Colour nodes by').selectOption('params')
  await expect(node(page, 'dense1').locator('.marked')).toContainText('48.1K')
  await strip.getByRole('tab', { name: /^Advice/ }).click()
  await expect(strip.getByText(/dense1 holds 78% of all parameters/)).toBeVisible()
  await saveScreenshot(page, join(pictures, 'composer-analysis.png'))

  // Without Flatten the dense layer gets images: one click puts it back, one step takes that back.
  await node(page, 'flatten').click()
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+Delete')
  await strip.getByRole('tab', { name: /^Problems/ }).click()
  await expect(strip.getByText(/put Flatten before it/)).toBeVisible()
  await strip.getByRole('button', { name: 'Add Flatten' }).click()
  await expect(strip.getByText('No problems. Everything fits.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Undo: Fix: dense1' })).toBeVisible()
})
