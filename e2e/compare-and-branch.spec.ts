/** The morning after: two networks compared, the difference found, one of them continued with a lower learning rate. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { call } from './fixtures/bridge.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'

const results = join(import.meta.dirname, 'results', 'gallery')

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
  await expect(page.getByRole('img', { name: /Loss, Train of the compared runs/ }).locator('canvas')).toBeVisible()
  for (const theme of ['dark', 'light'] as const) {
    await call(page, 'desktop.setPreferences', { theme })
    await expect
      .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
      .toBe(theme === 'dark')
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await studio.app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
        width,
        height,
      ] as const)
      await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width)
      await saveScreenshot(page, join(results, `compare-${theme}-${width}.png`))
    }
  }

  const told = await cli(['runs', 'diff', String(plain), String(residual), '--json'])
  const diff = JSON.parse(told.stdout) as { networks: [{ counts: Record<string, number> }] }
  expect(diff.networks[0].counts).toMatchObject({ added: 13, removed: 0, changed: 0, connectionsAdded: 9 })

  const branched = await cli([
    'branch',
    String(residual),
    '--epoch',
    '2',
    '--set',
    'train.learningRate=0.005',
    '--set',
    'train.epochs=3',
    '--json',
  ])
  const branch = JSON.parse(branched.stdout) as { id: number }
  await finished(page, branch.id)
  const detail = await call(page, 'runs.get', { run: branch.id })
  expect(detail.review.parent).toMatchObject({ run: residual, epoch: 2 })
  expect(detail.epochs.map(({ epoch }) => epoch)).toEqual([3])
  await page.evaluate((hash) => (location.hash = hash), `#/compare/${residual},${branch.id}`)
  const settings = page.getByRole('region', { name: 'Settings' })
  await expect(settings.getByRole('row', { name: /train\.learningRate/ })).toContainText('0.005')
  await expect(page.getByText('The networks are the same.')).toBeVisible()
})
