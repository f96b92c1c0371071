/** Blocks that a person saves to the palette, uses in other networks, hands on as files; and problems that one click on a node ends. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dragFromPalette, node, openBlank, openFromZoo, outline, setParam, wire } from './fixtures/composing.ts'
import { dropOnWindow } from './fixtures/drop.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

const pictures = join(import.meta.dirname, 'results', 'composer')

test('a selection is saved, dragged into another network, kept over a restart, renamed, deleted, exported and imported', async ({
  openStudio,
  home,
}) => {
  const first = await openStudio()
  await openFromZoo(first.page, 'lenet5')
  const select = async () => {
    await node(first.page, 'conv1').click()
    for (const id of ['activation1', 'pool1']) await node(first.page, id).click({ modifiers: ['Control'] })
  }
  await select()
  await first.page.keyboard.press('b')
  await expect(first.page.getByRole('dialog', { name: 'Save to the palette' }).getByRole('textbox')).toBeFocused()
  await first.page.keyboard.type('Conv stem')
  await first.page.keyboard.press('Enter')
  await expect(first.page.getByText('Conv stem is in the palette')).toBeVisible()
  await expect(first.page.getByRole('button', { name: /^Undo/ }).first()).toBeDisabled()
  await first.kill()

  const studio = await openStudio()
  const { page } = studio
  await openBlank(page)
  const saved = page.getByRole('group', { name: 'Saved blocks' }).getByRole('option')
  await expect(saved).toHaveText(['Conv stem'])
  await dragFromPalette(page, 'input', 300, 80)
  await saved.dragTo(page.locator('#network-canvas'), { targetPosition: { x: 300, y: 240 } })
  await expect(node(page, 'conv-stem1')).toContainText('Conv stem')
  await node(page, 'input').click()
  await page.keyboard.press('c')
  await expect(page.getByRole('dialog', { name: /^Connect input/ }).getByRole('option')).toHaveText([/conv-stem1/])
  await page.keyboard.press('Enter')
  await expect(wire(page, 'input', 'conv-stem1')).toHaveCount(1)
  await expect(page.locator('.totals')).toContainText('456')

  // By keys: the menu of the entry, from the search field.
  const search = page.getByRole('combobox', { name: 'Find a layer or block' })
  const menu = async (item: string) => {
    await search.fill('stem')
    await page.keyboard.press('Shift+F10')
    await page.getByRole('menuitem', { name: item }).click()
  }
  await menu('Rename…')
  await page.getByRole('dialog', { name: 'Name of the block' }).getByRole('textbox').fill('First stem')
  await page.keyboard.press('Enter')
  await search.fill('')
  await expect(saved).toHaveText(['First stem'])
  await saveScreenshot(page, join(pictures, 'composer-saved-blocks.png'))
  const file = join(home, 'first-stem.block.json')
  await studio.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] })
  }, file)
  await menu('Export…')
  await expect.poll(() => existsSync(file)).toBe(true)
  await menu('Delete')
  await search.fill('')
  await expect(saved).toHaveCount(0)
  await page
    .getByRole('status')
    .getByRole('button', { name: 'Undo' })
    .or(page.getByText('Undo', { exact: true }))
    .last()
    .click()
  await expect(saved).toHaveText(['First stem'])
  const importBlocks = async () => {
    await page.getByRole('button', { name: 'Palette', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Import blocks…' }).click()
  }
  await importBlocks()
  await expect(saved).toHaveText(['First stem', 'First stem'])
  await dropOnWindow(page, file)
  await expect(page.getByText('In the palette now: First stem').first()).toBeVisible()
  await expect(saved).toHaveCount(3)
  writeFileSync(file, '{"format": "strata.block", "version": 7}')
  await importBlocks()
  await expect(page.getByText(/newer version of Strata/).first()).toBeVisible()
  writeFileSync(file, '{"format": "strata.bl')
  await dropOnWindow(page, file)
  await expect(page.getByText(/first-stem.block.json.*JSON/).first()).toBeVisible()
  await expect(saved).toHaveCount(3)
})

test('a badge says what is wrong and mends it, inside of a block of the studio too; a row of layers becomes a residual block', async ({
  page,
}) => {
  await openBlank(page)
  await dragFromPalette(page, 'input', 300, 60)
  const search = page.getByRole('combobox', { name: 'Find a layer or block' })
  const behind = async (type: string) => {
    await search.fill(type)
    await page.keyboard.press('Enter')
  }
  await behind('residual-basic')
  await setParam(page, 'stride', '2')
  await page.locator('#param-shortcut').click()
  await page.getByRole('option', { name: 'Identity everywhere' }).click()
  await node(page, 'residual-basic1').getByRole('button', { name: 'residual-basic1: 1 problem' }).click()
  const problems = page.getByRole('dialog', { name: 'Problems' })
  await expect(problems).toContainText('cannot add')
  await saveScreenshot(page, join(pictures, 'composer-badge.png'))
  await problems.getByRole('button', { name: /^Set Shortcut to “Zero padding/ }).click()
  await expect(problems).toHaveCount(0)
  await expect(page.locator('#param-shortcut')).toContainText('Zero padding')
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+z')
  // By keys; this time the block is opened.
  await page.keyboard.press('p')
  await problems.getByRole('button', { name: 'Make residual-basic1 editable: Insert projection' }).press('Enter')
  await expect(node(page, 'residual-basic1').locator('.type')).toContainText('Residual, basic (residual-basic1)')
  await expect(page.locator('#network-canvas')).toBeFocused()

  // The plain twin, layer by layer.
  for (const type of ['conv2d', 'batch-normalization', 'relu', 'conv2d', 'batch-normalization', 'relu'])
    await behind(type)
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Swap for Residual, basic', exact: true }).click()
  await expect(node(page, 'residual1').locator('.type')).toHaveText('Residual, basic')
  expect(await outline(page)).not.toContain('conv1')
  await expect(wire(page, 'residual-basic1', 'residual1')).toHaveCount(1)
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+z')
  expect(await outline(page)).toContain('conv1')
})
