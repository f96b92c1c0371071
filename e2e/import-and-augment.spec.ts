/** Images of one's own: dropped on the window, imported with a report, tried under augmentation, trained on, and removed again. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addBadFiles, drawIcons } from '../main/datasets/import/icons.fixture.ts'
import { storedZip } from '../main/datasets/import/zip.fixture.ts'
import { call } from './fixtures/bridge.ts'
import { dropImages } from './fixtures/drop.ts'
import { expect, test } from './fixtures/studio.ts'
import { fillTraining, runStatus, startTraining } from './fixtures/training.ts'

test('a folder of icons is dropped, imported, augmented, learnt and removed', async ({ page, home }) => {
  test.setTimeout(180_000)
  const folder = join(home, 'Icons of mine')
  const count = await drawIcons(folder, {
    families: ['circle', 'file', 'arrow'],
    side: 32,
    colours: ['#000000', '#a02020', '#2040c0', '#208040'],
  })
  await addBadFiles(folder, 'file')

  await dropImages(page, folder)
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

test('an import of an archive is cancelled, survives a restart, goes on, and another one says why it failed', async ({
  openStudio,
  home,
}) => {
  test.setTimeout(180_000)
  const icons = join(home, 'few')
  await drawIcons(icons, { families: ['book', 'user'], side: 24, colours: ['#000000'] })
  const drawn = await Promise.all(
    ['book', 'user'].map(async (family) => readFile(join(icons, family, (await readdir(join(icons, family)))[0]!))),
  )
  // Enough to be met in the middle of the work.
  const entries = Array.from({ length: 24_000 }, (_, i) => ({ path: `kind-${i % 40}/${i}.png`, bytes: drawn[i % 2]! }))
  const archive = join(home, 'thousands.zip')
  await writeFile(archive, storedZip(entries))

  const first = await openStudio()
  await dropImages(first.page, archive)
  await first.page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click()
  await expect(first.page.getByText(/^[\d,]+ of 24,000 images$/)).toBeVisible({ timeout: 60_000 })
  await first.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(first.page.getByText('The import was stopped')).toBeVisible({ timeout: 30_000 })
  await first.close()

  const { page } = await openStudio()
  await page.evaluate(() => (location.hash = '#/data/thousands'))
  await expect(page.getByText(/of 24,000 images\. It can go on where it was/)).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('heading', { name: 'thousands' })).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Import report' })).toBeVisible({ timeout: 90_000 })
  const { trainCount, testCount } = (await call(page, 'data.list', {})).find(({ name }) => name === 'thousands')!
  expect([trainCount, testCount]).toEqual([19_200, 4800])
  await expect(page.getByText('16 of 40 classes')).toBeVisible()
  await page.getByRole('button', { name: 'Show 16 more' }).click()
  await expect(page.getByText('32 of 40 classes')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Find a class' }).fill('KIND-39')
  await expect(page.getByRole('img', { name: 'kind-39 12', exact: true })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Find a class' }).fill('nothing')
  await expect(page.getByText('No class is called “nothing”.')).toBeVisible()

  await dropImages(page, join(icons, 'book'))
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByText('The import failed')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('no-images')).toBeVisible()
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByText('The import failed')).toBeHidden()
  await writeFile(join(home, 'notes.txt'), 'notes')
  await dropImages(page, join(home, 'notes.txt'))
  await expect(page.getByRole('dialog').getByText('This cannot be imported')).toBeVisible()
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true })).toBeHidden()
})
