/** A person keeps networks: in tabs, in files, in versions; what breaks is told and nothing is lost. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { dragFromPalette, node, openBlank, openFromZoo, outline, setParam } from './fixtures/composing.ts'
import { call } from './fixtures/bridge.ts'
import { resize } from './fixtures/pictures.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

const pictures =
  process.env['STRATA_UPDATE_IMAGES'] === '1'
    ? join(import.meta.dirname, '..', 'docs', 'images')
    : join(import.meta.dirname, 'results', 'composer')
const light = join(import.meta.dirname, '..', 'main', 'onnx-exchange', 'fixtures', 'light')

/** The system's dialogs, which a test cannot click, answer with these. */
async function answerDialogs(app: ElectronApplication, answer: { open?: readonly string[]; save?: string }) {
  await app.evaluate(({ dialog }, { open, save }) => {
    if (open) dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...open] })
    if (save !== undefined) dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: save })
  }, answer)
}

const tabs = (page: Page) => page.getByRole('tablist', { name: 'Open networks' })
const saved = (page: Page) => expect(page.locator('.save')).toHaveText('Saved')
const name = (page: Page) => page.locator('.bar input.name')

test.beforeEach(async ({ studio, page }) => {
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  await resize(studio, 1440, 900)
})

test('tabs, files and versions; a killed window comes back as it was', async ({ studio, page, home, openStudio }) => {
  test.setTimeout(180_000)
  await openBlank(page)
  await dragFromPalette(page, 'input', 300, 80)
  await page.keyboard.press('F2')
  await expect(name(page)).toBeFocused()
  await page.keyboard.type('First try')
  await page.keyboard.press('Enter')
  await expect(tabs(page).getByRole('tab', { name: 'First try' })).toHaveAttribute('aria-selected', 'true')
  await saved(page)

  // To a file, and what the file lacks afterwards.
  const file = join(home, 'first.network.json')
  await answerDialogs(studio.app, { save: file })
  await page.keyboard.press('Control+s')
  await expect(page.getByText('Written to first.network.json')).toBeVisible()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ name: 'First try', nodes: [{ type: 'input' }] })
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+a')
  await page.locator('#palette-conv2d').click()
  await expect(node(page, 'conv1')).toBeVisible()
  await expect(tabs(page).locator('.dot')).toHaveAttribute('title', /first\.network\.json does not have/)

  // A version by name, a change after it, the difference, and the way back.
  await saved(page)
  await page.keyboard.press('Control+Shift+V')
  const versions = page.getByRole('dialog', { name: 'Versions' })
  await versions.getByLabel('Name of the version').fill('before tuning')
  await versions.getByRole('button', { name: 'Keep this state' }).click()
  await expect(versions.getByRole('radio', { name: /before tuning/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await node(page, 'conv1').click()
  await setParam(page, 'filters', '48')
  await saved(page)
  await page.keyboard.press('Control+Shift+V')
  await versions.getByRole('radio', { name: /before tuning/ }).click()
  await expect(versions.locator('[data-change="changed"]')).toContainText('→ 48')
  await saveScreenshot(page, join(pictures, 'composer-versions.png'))
  await versions.getByRole('button', { name: 'Bring this version back' }).click()
  await node(page, 'conv1').click()
  await expect(page.locator('#param-filters')).not.toHaveValue('48')
  await page.getByRole('button', { name: /^Undo: Replace network/ }).click()
  await node(page, 'conv1').click()
  await expect(page.locator('#param-filters')).toHaveValue('48')

  // A second tab by the command palette, a copy, and back by keys.
  await page
    .locator('header, .bar')
    .first()
    .click({ position: { x: 4, y: 4 } })
  await page.keyboard.press('Control+Shift+P').catch(() => undefined)
  await page.getByRole('navigation').getByRole('button', { name: 'Search' }).click()
  await page.keyboard.type('Duplicate network')
  await page.keyboard.press('Enter')
  await expect(tabs(page).getByRole('tab', { name: 'First try copy' })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Control+Shift+Tab')
  await expect(tabs(page).getByRole('tab', { name: /^First try(?! copy)/ })).toHaveAttribute('aria-selected', 'true')

  // Files that are no networks leave everything as it is.
  const damaged = join(home, 'damaged.network.json')
  await writeFile(damaged, '{"format": "strata.network", "version": 1, "nodes": [')
  const newer = join(home, 'newer.network.json')
  await writeFile(newer, JSON.stringify({ format: 'strata.network', version: 99, name: 'x', nodes: [], edges: [] }))
  for (const [path, words] of [
    [damaged, /damaged\.network\.json/],
    [newer, /newer/i],
    [join(home, 'gone.onnx'), /gone\.onnx/],
  ] as const) {
    await answerDialogs(studio.app, { open: [path] })
    await page.keyboard.press('Control+o')
    await expect(page.getByRole('region', { name: 'Notifications' }).getByText(words).first()).toBeVisible()
  }
  await expect(node(page, 'conv1')).toBeVisible()
  await expect(tabs(page).getByRole('tab')).toHaveCount(3)

  // Killed in the middle: the last edit is there again, and it is said.
  await setParam(page, 'filters', '52')
  await saved(page)
  await studio.kill()
  const again = await openStudio()
  await expect(again.page.getByText(/The last window ended unexpectedly. 2 networks are open again/)).toBeVisible()
  await expect(node(again.page, 'conv1')).toBeVisible()
  await node(again.page, 'conv1').click()
  await expect(again.page.locator('#param-filters')).toHaveValue('52')

  // Killed while the service has not answered yet: what was typed behind the first state that waits is there as well.
  const { pid } = JSON.parse(await readFile(join(home, 'service.json'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGSTOP')
  try {
    for (const filters of ['53', '54', '55']) await setParam(again.page, 'filters', filters)
    await expect(again.page.locator('.save')).toHaveText('Saving…')
    // A state is sent when it is drawn.
    await again.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => setTimeout(resolve)))),
    )
    // The main process answers in order: by then it has passed on what it got before.
    await call(again.page, 'desktop.takeCrash', {})
    await again.kill()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  const last = await openStudio()
  await node(last.page, 'conv1').click()
  await expect(last.page.locator('#param-filters')).toHaveValue('55')
})

test('a ResNet-50 from an ONNX file, edited, exported, and as pictures', async ({ studio, page, home }) => {
  test.setTimeout(180_000)
  // The file of an input has the path that a dropped one has.
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', id: 'test-file', hidden: true })
    document.body.append(input)
  })
  await page.locator('#test-file').setInputFiles(join(light, 'light_resnet50.onnx'))
  await page.evaluate(() => {
    const [file] = document.querySelector<HTMLInputElement>('#test-file')?.files ?? []
    const dataTransfer = new DataTransfer()
    if (file) dataTransfer.items.add(file)
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    }
  })
  await expect(page.getByRole('application', { name: /^Canvas of/ })).toBeVisible({ timeout: 60_000 })
  await expect(page.locator('.totals dd').first()).toHaveText(/^2\d\.\d*M$/)
  const before = await outline(page)
  expect(before.length).toBeGreaterThan(100)
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('.')
  await saveScreenshot(page, join(pictures, 'composer-imported.png'))

  // Another number of classes: the last dense layer.
  const tree = page.getByRole('tree', { name: 'Outline' })
  await page.getByRole('button', { name: 'Outline' }).click()
  await tree.getByRole('treeitem').filter({ hasText: 'Dense' }).last().click()
  await page.getByRole('region', { name: 'Outline' }).getByRole('button', { name: 'Close' }).click()
  await setParam(page, 'units', '10')
  await saved(page)
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('f')
  await saveScreenshot(page, join(pictures, 'composer-imported-edited.png'))
  await page.keyboard.press('Control+e')
  const dialog = page.getByRole('dialog', { name: 'Export as ONNX' })
  await expect(
    dialog.getByText(/keep the weights that this network came with; 1 layer was added or changed/),
  ).toBeVisible({
    timeout: 60_000,
  })
  const exported = join(home, 'mine.onnx')
  await answerDialogs(studio.app, { save: exported })
  await dialog.getByRole('button', { name: 'Export…' }).click()
  await expect(page.getByText(/Written to mine\.onnx/)).toBeVisible({ timeout: 60_000 })
  expect((await readFile(exported)).byteLength).toBeGreaterThan(90e6)

  for (const format of ['svg', 'png'] as const) {
    const file = join(home, `mine.${format}`)
    await answerDialogs(studio.app, { save: file })
    await page.getByRole('button', { name: 'Network', exact: true }).click()
    await page.getByRole('menuitem', { name: `Export picture (${format.toUpperCase()})…` }).click()
    await expect(page.getByText(`Written to mine.${format}`)).toBeVisible({ timeout: 30_000 })
    const bytes = await readFile(file)
    if (format === 'svg') expect(bytes.toString('utf8')).toContain('Batch norm')
    else expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG')
  }

  const undo = page.getByRole('button', { name: /^Undo/ })
  await page.locator('#network-canvas').focus()
  await page.keyboard.press('Control+z')
  await expect(undo).toBeDisabled()
  expect(await outline(page)).toEqual(before)
})

test('a drawing goes to the queue with settings that suit it, and its state is kept with the run', async ({ page }) => {
  // The network is made for the images of the chosen data, once those are known.
  await expect(page.getByText(/28×28×1/)).toBeVisible()
  await openFromZoo(page, 'resnet50')
  await page.getByRole('button', { name: 'Training' }).click()
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue('0.1')
  await expect(page.locator('#schedule')).toContainText('Cosine')
  await expect(page.getByRole('img', { name: 'Learning rate over the run' })).toBeVisible()
  const batch = page.getByLabel('Batch size', { exact: true })
  await batch.fill('32768')
  await batch.blur()
  await expect(page.getByText(/Needs .* of memory; this computer has/)).toBeVisible()
  await page.getByRole('button', { name: /^Use a batch of/ }).click()
  await expect(page.getByText(/Needs .* of memory/)).toHaveCount(0)
  await batch.fill('8')
  await page.getByLabel('Training images', { exact: true }).fill('100')
  await page.getByRole('button', { name: 'Add to queue' }).click()
  await expect(page.getByText(/waits in the queue/)).toBeVisible()
  await page.keyboard.press('Control+Shift+V')
  await expect(page.getByRole('radio', { name: /Trained as run 1/ })).toBeVisible()
})
