/** Images of one's own: dropped on the window, imported with a report, tried under augmentation, trained on, and removed again. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { addBadFiles, drawIcons } from '../main/datasets/import/icons.fixture.ts'
import { call } from './fixtures/bridge.ts'
import { expect, test } from './fixtures/studio.ts'
import { fillTraining, runStatus, startTraining } from './fixtures/training.ts'

/** As the system drops a file: the page gets a File whose path only the preload script can read. */
async function dropOnWindow(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { x, y } = { x: 640, y: 400 }
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  await session.send('Input.dispatchDragEvent', { type: 'dragEnter', x, y, data })
  await session.send('Input.dispatchDragEvent', { type: 'dragOver', x, y, data })
  await expect(page.getByText('Drop to import')).toBeVisible()
  await session.send('Input.dispatchDragEvent', { type: 'drop', x, y, data })
  await session.detach()
}

test('a folder of icons is dropped, imported, augmented, learnt and removed', async ({ page, home }) => {
  test.setTimeout(180_000)
  const folder = join(home, 'Icons of mine')
  const count = await drawIcons(folder, {
    families: ['circle', 'file', 'arrow'],
    side: 32,
    colours: ['#000000', '#a02020', '#2040c0', '#208040'],
  })
  await addBadFiles(folder, 'file')

  await dropOnWindow(page, folder)
  const dialog = page.getByRole('dialog', { name: 'Import images' })
  await expect(dialog.getByText('Icons of mine', { exact: true })).toBeVisible()
  await expect(dialog.getByLabel('Name', { exact: true })).toHaveValue('icons-of-mine')
  await dialog.getByLabel('Name', { exact: true }).fill('shapes')
  await expect(dialog.getByText('There is a dataset or an import of this name already')).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
  await dialog.getByLabel('Name', { exact: true }).fill('icons')
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()

  await expect(page.getByRole('heading', { name: 'Icons of mine' })).toBeVisible({ timeout: 60_000 })
  const imported = (await call(page, 'data.list', {})).find(({ name }) => name === 'icons')
  expect(imported).toMatchObject({ height: 32, width: 32, channels: 3, classes: ['arrow', 'circle', 'file'] })
  expect((imported?.trainCount ?? 0) + (imported?.testCount ?? 0)).toBe(count)
  await expect(page.getByRole('img', { name: 'circle 1', exact: true })).toBeVisible()

  await page.getByRole('tab', { name: 'Import report' }).click()
  await expect(page.getByText('2 files refused')).toBeVisible()
  await expect(page.getByRole('row', { name: /file\/broken\.png.*not an image that can be read/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /file\/notes\.txt.*not an image/ })).toBeVisible()
  await page.getByRole('tab', { name: 'Statistics' }).click()
  await expect(page.getByRole('row', { name: /^circle/ })).toBeVisible()

  await page.getByRole('tab', { name: 'Augmentation' }).click()
  const draws = page.getByRole('group', { name: 'Draws', exact: true })
  await page.getByRole('button', { name: 'CIFAR' }).click()
  await expect(page.getByText('All draws could be images of the data.')).toBeVisible()
  await expect(draws.locator('canvas')).toHaveCount(24)
  // Far too much of it is told with its measure; the slider is moved by its keys.
  const padding = page.locator('[data-operation="random-crop"]').getByRole('slider', { name: 'Padding' })
  await padding.focus()
  for (let press = 0; press < 3; press++) await page.keyboard.press('PageUp')
  await expect(page.getByText(/draws leave what the data looks like/)).toBeVisible()
  await draws
    .getByRole('button', { name: /out of frame/ })
    .first()
    .click()
  await expect(page.getByText(/of the original is seen \(limit 50%\)/)).toBeVisible()
  for (let press = 0; press < 3; press++) await padding.press('PageDown')
  await expect(page.getByText('All draws could be images of the data.')).toBeVisible()
  // The order: by keyboard, within the stage.
  const titles = page.getByRole('list', { name: /^Operations/ }).getByRole('group')
  await expect(titles.first()).toHaveAccessibleName('Random crop')
  await page.getByRole('button', { name: 'Move Mirror', exact: true }).press('ArrowUp')
  await expect(titles.first()).toHaveAccessibleName('Mirror')
  await page
    .getByRole('button', { name: 'Move Mirror', exact: true })
    .dragTo(page.locator('[data-operation="random-crop"]'))
  await expect(titles.first()).toHaveAccessibleName('Random crop')

  await page.getByRole('button', { name: 'Train on this' }).click()
  await expect(page.getByRole('group', { name: 'Augmentation' })).toContainText('Random crop')
  await page.getByRole('button', { name: 'Measure' }).click()
  await expect(page.getByText(/\d threads?: .* images\/s/).first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/(as automatic chooses|recommended, automatic takes)/)).toBeVisible()
  await page.getByLabel('Threads for data', { exact: true }).fill('2')
  await fillTraining(page, { epochs: 12, batchSize: 32, learningRate: 0.02, name: 'LeNet-5 on icons' })
  const run = await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 120_000 })
  const detail = await call(page, 'runs.get', { run })
  expect(detail.spec.data.augment?.map(({ type }) => type)).toEqual(['random-crop', 'mirror'])
  expect(detail.spec.data.threads).toBe(2)
  await expect(page.getByText(/% of the step/)).toBeVisible()
  expect(detail.test?.accuracy ?? 0).toBeGreaterThan(0.7)

  // A run that waits for it keeps it; without one it goes.
  const waiting = await call(page, 'runs.start', { spec: detail.spec, job: { paused: true } })
  await page.evaluate(() => (location.hash = '#/data/icons'))
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByRole('button', { name: 'Remove dataset' }).click()
  await expect(page.getByText('It cannot be removed now')).toBeVisible()
  await call(page, 'runs.stop', { run: waiting.id })
  await page.getByRole('button', { name: 'Remove dataset' }).click()
  await expect(page.getByText('Removed “Icons of mine”')).toBeVisible()
  expect((await call(page, 'data.list', {})).map(({ name }) => name)).not.toContain('icons')
})
