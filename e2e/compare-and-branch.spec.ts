/** The morning after: two networks compared, the difference found, one of them continued with a lower learning rate. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { call } from './fixtures/bridge.ts'
import { gallery, photograph } from './fixtures/pictures.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

async function trainSmall(page: Page, zoo: string): Promise<number> {
  const { id } = await call(page, 'runs.start', {
    spec: {
      ...{ version: 1, name: zoo, network: { zoo }, data: { dataset: 'shapes', limit: 220, validation: 0.1 } },
      train: { epochs: 2, batchSize: 33, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.05 },
      seed: 3,
    },
  })
  return id
}

async function finished(page: Page, run: number): Promise<void> {
  await expect.poll(async () => (await call(page, 'runs.get', { run })).status, { timeout: 120_000 }).toBe('finished')
}

test('plain-20 against ResNet-20: the shortcuts are the only difference of the architectures', async ({
  studio,
  page,
  cli,
}) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  const plain = await trainSmall(page, 'plain20')
  const residual = await trainSmall(page, 'resnet20')
  await finished(page, plain)
  await finished(page, residual)

  await page.getByRole('navigation').getByRole('button', { name: 'Runs' }).click()
  await page.getByRole('checkbox', { name: /plain20/ }).check()
  await page.getByRole('checkbox', { name: /resnet20/ }).check()
  await page.getByRole('button', { name: 'Compare', exact: true }).last().click()
  await page.waitForURL(new RegExp(`#/compare/${plain},${residual}$`))

  const architecture = page.getByRole('region', { name: 'Architecture' }).first()
  await expect(architecture.getByText('13 added and 9 connections')).toBeVisible()
  const changes = architecture.getByRole('region', { name: 'Changes' })
  await expect(changes.locator('[data-change="connection"].added')).toHaveCount(9)
  await expect(changes.locator('[data-change="added"]')).toHaveCount(13)
  await expect(changes.locator('[data-change="removed"], [data-change="changed"], [data-change="moved"]')).toHaveCount(
    0,
  )
  await expect(changes.getByText('Add', { exact: false }).first()).toBeVisible()

  // A change that is chosen stands out in the picture, and the rows that have to do with it light up.
  await changes.getByRole('button', { name: /conv1\/activation → conv2_x\/1\/activation/ }).click()
  await expect(architecture.locator('g.node.selected[data-node="conv2_x/1/add"]')).toBeVisible()
  await expect(page.getByRole('row', { name: /^Parameters/ })).toHaveClass(/pointed/)

  // The same settings, the same weights, and one seed: no verdict, but what it would take.
  await expect(page.getByRole('region', { name: 'Settings' })).toContainText('No difference')
  await expect(page.getByRole('group', { name: 'Verdict: resnet20' })).toContainText('No telling from seed noise')
  await expect(
    page
      .getByRole('application', { name: /Loss, Train of the compared runs/ })
      .locator('canvas')
      .first(),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Compare on test images' }).click()
  const paired = page.getByRole('group', { name: 'The same test images: resnet20' })
  await expect(paired).toContainText(/Of [\d,]+ images, \d+ are right in the baseline only/, { timeout: 120_000 })
  await photograph(studio, 'compare')

  const told = await cli(['runs', 'diff', String(plain), String(residual), '--json'])
  const diff = JSON.parse(told.stdout) as { networks: [{ counts: Record<string, number> }] }
  expect(diff.networks[0].counts).toMatchObject({ added: 13, removed: 0, changed: 0, connectionsAdded: 9 })

  // Continued with a lower learning rate, from the window.
  await page.evaluate((hash) => (location.hash = hash), `#/runs/${residual}`)
  await page.getByRole('button', { name: 'Branch…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Branch from resnet20' })
  await dialog.getByLabel('Learning rate').fill('0.005')
  await dialog.getByLabel('Train up to epoch').fill('2')
  await dialog.getByRole('button', { name: 'Add to the queue' }).click()
  await expect(
    dialog
      .getByRole('alert')
      .or(dialog.getByText(/expected more than 2/))
      .first(),
  ).toBeVisible()
  await dialog.getByLabel('Train up to epoch').fill('3')
  await dialog.getByRole('button', { name: 'Add to the queue' }).click()
  await page.waitForURL((url) => /#\/runs\/\d+$/.test(url.href) && !url.href.endsWith(`/${residual}`))
  const branch = Number(/\d+$/.exec(page.url())?.[0])
  await finished(page, branch)
  const detail = await call(page, 'runs.get', { run: branch })
  expect(detail.review.parent).toMatchObject({ run: residual, epoch: 2 })
  expect(detail.epochs.map(({ epoch }) => epoch)).toEqual([3])
  await page.evaluate((hash) => (location.hash = hash), `#/compare/${residual},${branch}`)
  const settings = page.getByRole('region', { name: 'Settings' })
  await expect(settings.getByRole('row', { name: /train\.learningRate/ })).toContainText('0.005')
  await expect(page.getByText('The networks are the same.')).toBeVisible()
  await page.evaluate(() => (location.hash = '#/compare'))
  const tree = page.getByRole('region', { name: 'Lineage' })
  await expect(tree.locator(`[data-lineage="${branch}"]`)).toContainText('train.learningRate 0.05 → 0.005')

  // Marks, filters and groups of the table.
  await page.evaluate((hash) => (location.hash = hash), `#/runs/${branch}`)
  await page.getByRole('tab', { name: 'Notes' }).click()
  await page.getByLabel('Tags').fill('keep')
  await page.keyboard.press('Enter')
  await page.getByLabel('Note', { exact: true }).fill('## Why\n\nA **lower** rate <b>from</b> epoch 2')
  await page.getByLabel('Starred').click()
  const preview = page.getByRole('region', { name: 'The note as it reads' })
  await expect(preview.getByRole('heading', { name: 'Why' })).toBeVisible()
  await expect(preview.locator('b')).toHaveCount(0)
  await expect
    .poll(async () => (await call(page, 'runs.get', { run: branch })).review)
    .toMatchObject({
      ...{ starred: true, tags: ['keep'] },
      note: '## Why\n\nA **lower** rate <b>from</b> epoch 2',
    })
  await page.getByRole('navigation').getByRole('button', { name: 'Runs' }).click()
  const rows = page.locator('tbody tr[data-run]')
  const filter = page.getByRole('searchbox', { name: 'Filter by name, network or dataset' })
  await filter.fill('learningRate < 0.01 and tag = keep')
  await expect(rows).toHaveCount(1)
  await filter.fill('sed = 3')
  await expect(page.getByText('did you mean seed?')).toBeVisible()
  await filter.fill('')
  await page.getByRole('button', { name: 'Starred' }).click()
  await expect(rows).toHaveCount(1)
  await page.getByRole('button', { name: 'Starred' }).click()
  await page.getByLabel('Group by').selectOption('network')
  await expect(page.locator('tr.group')).toHaveCount(2)
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'train.learningRate' }).check()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('columnheader', { name: 'train.learningRate' })).toBeVisible()
  await saveScreenshot(page, join(gallery, 'runs-grouped-light-1920.png'))
})

test('the end of a branch is dragged to the queue, or continued by keyboard, and asks how much longer', async ({
  studio,
  page,
}) => {
  test.setTimeout(240_000)
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  const root = await trainSmall(page, 'lenet5')
  await finished(page, root)
  const set = [
    { path: 'train.epochs', value: 3 },
    { path: 'train.learningRate', value: 0.01 },
  ]
  const { id: branch } = await call(page, 'runs.branch', { run: root, epoch: 2, set })
  await finished(page, branch)

  await page.evaluate(() => (location.hash = '#/compare'))
  const tree = page.getByRole('region', { name: 'Lineage' })
  const leaf = tree.locator(`[data-lineage="${branch}"]`)
  await expect(leaf).toContainText('train.learningRate 0.05 → 0.01')
  await expect(tree.locator(`[data-lineage="${root}"]`)).not.toHaveAttribute('draggable', 'true')
  await photograph(studio, 'lineage')
  await leaf.dragTo(page.getByRole('navigation').getByRole('button', { name: 'Queue' }))
  const further = page.getByRole('dialog', { name: 'Continue lenet5, from epoch 2' })
  await expect(further).toContainText('checkpoint of epoch 3')
  await page.keyboard.press('Escape')
  await expect(further).toHaveCount(0)

  await leaf.getByRole('button', { name: 'Continue…' }).focus()
  await page.keyboard.press('Enter')
  const epochs = further.getByLabel('Further epochs')
  await epochs.fill('0')
  await page.keyboard.press('Enter')
  await expect(further.getByText(/expected more than 3/)).toBeVisible()
  await photograph(studio, 'continue')
  await epochs.fill('1')
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/queue$/)
  const [continued] = await call(page, 'runs.list', {})
  expect(continued?.review.parent).toMatchObject({ run: branch, epoch: 3 })
  await finished(page, continued?.id ?? 0)
  await page.evaluate(() => (location.hash = '#/compare'))
  await expect(tree.locator('[data-lineage]')).toHaveCount(3)
  await expect(leaf).not.toHaveAttribute('draggable', 'true')
})
