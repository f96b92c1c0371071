/** Is it real, and is there more in it? One run on its test images, three seeds of it as an ensemble, then what came of it for others. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ElectronApplication, Page } from '@playwright/test'
import { call } from './fixtures/bridge.ts'
import { gallery, photograph } from './fixtures/pictures.ts'
import { expect, test } from './fixtures/studio.ts'

/** The system's dialogs, which a test cannot click, answer with these. */
async function answerDialogs(app: ElectronApplication, answer: { open?: readonly string[]; save?: string }) {
  await app.evaluate(({ dialog }, { open, save }) => {
    if (open) dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [...open] })
    if (save !== undefined) dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: save })
  }, answer)
}

/** Opens a file in a plain window with a session of its own, and tells what is seen, asked for and complained about. */
function openElsewhere(app: ElectronApplication, file: string) {
  return app.evaluate(async ({ BrowserWindow, session }, url) => {
    const own = session.fromPartition('elsewhere')
    const requests: string[] = []
    own.webRequest.onBeforeRequest((details, answer) => {
      if (details.url !== url) requests.push(details.url)
      answer({})
    })
    const window = new BrowserWindow({ show: false, width: 1200, height: 1400, webPreferences: { session: own } })
    const complaints: string[] = []
    window.webContents.on('console-message', (...told: unknown[]) => complaints.push(String(told[2])))
    await window.loadURL(url)
    const seen = (await window.webContents.executeJavaScript(`({
      title: document.title,
      headings: [...document.querySelectorAll('h2')].map((one) => one.textContent),
      pictures: document.querySelectorAll('svg').length,
      scripts: document.scripts.length,
      text: document.body.innerText,
    })`)) as { title: string; headings: string[]; pictures: number; scripts: number; text: string }
    const png = (await window.webContents.capturePage()).toPNG().toString('base64')
    window.destroy()
    return { ...seen, png, requests, complaints }
  }, pathToFileURL(file).href)
}

async function finished(page: Page, run: number): Promise<void> {
  await expect.poll(async () => (await call(page, 'runs.get', { run })).status, { timeout: 120_000 }).toBe('finished')
}

function trainLenet(page: Page, dataset = 'shapes') {
  return call(page, 'runs.start', {
    spec: {
      ...{ version: 1, name: 'LeNet on shapes', network: { zoo: 'lenet5' }, seed: 1 },
      data: { dataset, limit: 4000, validation: 0.1 },
      train: { epochs: 6, batchSize: 30, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.03 },
    },
  })
}

test('a run is judged on its test images, then with two further seeds and ten views of each image', async ({
  studio,
  page,
  home,
  cli,
}) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  const { id: run } = await trainLenet(page)
  await finished(page, run)

  await page.evaluate((hash) => (location.hash = hash), `#/runs/${run}`)
  await page.getByRole('tab', { name: 'Evaluation' }).click()
  const matrix = page.getByRole('region', { name: 'Confusion matrix' })
  await expect(matrix).toBeVisible({ timeout: 60_000 })
  const alone = await call(page, 'evaluation.run', { members: [{ run }], crops: 1, combine: 'average' })
  const { classes } = alone.dataset

  // The matrix counts what the service counted; a cell shows as many images as it says.
  await matrix.getByRole('radio', { name: 'Counts' }).click()
  const [first] = alone.confusion
  await expect(matrix.locator('[data-cell="0 0"]')).toHaveText(first?.[0] === 0 ? '' : String(first?.[0]))
  const worst = alone.confusion
    .flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })))
    .filter(({ label, predicted }) => label !== predicted)
    .reduce((a, b) => (b.count > a.count ? b : a))
  await matrix.locator(`[data-cell="${worst.label} ${worst.predicted}"]`).click()
  const images = page.locator('section[aria-labelledby="examples-title"]')
  await expect(images.getByRole('heading')).toHaveText(`${classes[worst.label]} taken for ${classes[worst.predicted]}`)
  await expect(images.locator('.count')).toHaveText(new RegExp(`^${worst.count} images?$`))
  await expect(images.locator('li')).toHaveCount(Math.min(24, worst.count))
  await matrix.locator('[data-cell="0 0"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(images.getByRole('heading')).toHaveText(`${classes[1]}, recognised`)
  await images.getByRole('button', { name: 'Back to all errors' }).click()
  await expect(images.getByRole('heading')).toHaveText('Errors, the surest first')

  // Classes by recall, the weakest first.
  const table = page.getByRole('region', { name: 'Classes' }).last()
  await table.getByRole('button', { name: 'Recall' }).click()
  const weakest = alone.classes.reduce((a, b) => ((b.recall ?? 2) < (a.recall ?? 2) ? b : a))
  await expect(table.locator('tbody tr').first().locator('th')).toHaveText(classes[weakest.label] ?? '')

  // Another epoch has its own result.
  await page.locator('#evaluation-epoch').click()
  await page.getByRole('option', { name: /^Epoch 5/ }).click()
  const fifth = await call(page, 'evaluation.run', { members: [{ run, epoch: 5 }], crops: 1, combine: 'average' })
  await expect(page.getByRole('tabpanel').getByRole('definition').first()).toContainText(
    (fifth.accuracy * 100).toFixed(2),
  )
  await page.locator('#evaluation-epoch').click()
  await page.getByRole('option', { name: /^Best/ }).click()
  const gains = page.getByRole('region', { name: 'Views of each image' })
  await gains.getByRole('row', { name: /^10 / }).getByRole('button').click()
  await expect(gains.getByRole('row', { name: /^10 / })).toContainText('points', { timeout: 60_000 })
  await photograph(studio, 'evaluation')

  // Three seeds in one action.
  await page.getByRole('button', { name: 'Train seeds and ensemble…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Train further seeds and combine them' })
  await dialog.getByRole('textbox', { name: 'Further seeds' }).fill('2')
  await dialog.getByRole('button', { name: 'Train and combine' }).click()
  await page.waitForURL(/#\/ensemble\/\d+,\d+,\d+$/)
  await expect(page.getByText(/Waits for \d runs? in training/)).toBeVisible()
  const ids = /ensemble\/(.*)$/.exec(page.url())?.[1]?.split(',').map(Number) ?? []
  expect(
    new Set(await Promise.all(ids.map(async (one) => (await call(page, 'runs.get', { run: one })).seed))).size,
  ).toBe(3)
  const gain = page.getByRole('group', { name: 'Gain' })
  await expect(gain).toContainText(/points/, { timeout: 120_000 })
  const bench = page.getByRole('region', { name: 'Views and ways of combining' })
  await bench.getByRole('row', { name: /^10 / }).getByRole('button').first().click()
  await expect(bench.getByRole('row', { name: /^10 / }).getByRole('button').first()).toContainText('points', {
    timeout: 60_000,
  })
  const members = ids.map((one) => ({ run: one }))
  const together = await call(page, 'evaluation.run', { members, crops: 10, combine: 'average' })
  expect(together.gain.total).toBeGreaterThan(0)
  await expect(gain).toContainText((together.accuracy * 100).toFixed(2))
  await expect(gain).toContainText(`+${Number((together.gain.total * 100).toFixed(2))} points`)
  await photograph(studio, 'ensemble')

  // What came of it, for others to read: one file, opened where nothing of the studio is.
  await page.getByRole('button', { name: 'Compare', exact: true }).last().click()
  await page.waitForURL(/#\/compare\//)
  const curves = page.getByRole('region', { name: 'Curves' })
  await expect(curves.locator('.legend').first().getByRole('listitem')).toHaveCount(3)
  await curves.getByRole('switch', { name: 'Seeds as a band' }).click()
  await expect(curves.locator('.legend').first().getByRole('listitem')).toHaveCount(1)
  await expect(curves.getByText('LeNet on shapes, mean of 3 seeds').first()).toBeVisible()
  await curves.scrollIntoViewIfNeeded()
  await photograph(studio, 'seed-band')
  const paired = await cli(['runs', 'diff', String(ids[0]), String(ids[1]), '--paired', '--json'])
  const told = JSON.parse(paired.stdout) as { paired: [{ examples: number; bothRight: number; onlyA: number }] }
  expect(told.paired[0].examples).toBe(2000)
  expect((told.paired[0].bothRight + told.paired[0].onlyA) / 2000).toBeCloseTo(alone.accuracy, 6)
  const report = join(home, 'three seeds.html')
  await answerDialogs(studio.app, { save: report })
  await page.getByRole('button', { name: 'Share…' }).click()
  const share = page.getByRole('dialog', { name: 'Share 3 runs' })
  await share.getByRole('button', { name: 'Save…' }).click()
  await expect(page.getByText('Saved three seeds.html')).toBeVisible({ timeout: 60_000 })
  const opened = await openElsewhere(studio.app, report)
  expect(opened).toMatchObject({ title: '3 runs – Strata report', complaints: [], requests: [], scripts: 0 })
  expect(opened.headings).toContain('Differences')
  expect(opened.pictures).toBeGreaterThan(8)
  expect(opened.text).toContain('differs in the seed only')
  await writeFile(join(gallery, 'report.png'), Buffer.from(opened.png, 'base64'))

  // And for another studio to go on with.
  const bundle = join(home, 'seeds.strata')
  await answerDialogs(studio.app, { save: bundle, open: [bundle] })
  await page.getByRole('button', { name: 'Share…' }).click()
  await share.getByRole('radio', { name: 'Bundle' }).click()
  await share.getByRole('switch', { name: /Evaluate on the test images/ }).click()
  await share.getByRole('button', { name: 'Save…' }).click()
  await expect(page.getByText('Saved seeds.strata')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('navigation').getByRole('button', { name: 'Runs' }).click()
  await page.getByRole('main').getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'Take in a bundle…' }).click()
  await expect(page.getByText('3 runs taken in')).toBeVisible({ timeout: 60_000 })
  await expect(page.locator('tbody tr[data-run]')).toHaveCount(6)

  // A damaged one says where, and leaves the table as it was.
  const bytes = await readFile(bundle)
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  await writeFile(bundle, bytes)
  await page.getByRole('main').getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'Take in a bundle…' }).click()
  await expect(page.getByText(/File is damaged: .*, at byte \d+: its checksum/)).toBeVisible({ timeout: 60_000 })
  await expect(page.locator('tbody tr[data-run]')).toHaveCount(6)

  // Many runs are tagged at once, and the table goes into a file.
  await page.getByRole('checkbox', { name: 'Select all runs' }).check()
  await page.getByRole('main').getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'Tags…' }).click()
  const tags = page.getByRole('dialog', { name: 'Tags of 6 runs' })
  await tags.getByLabel('Add a tag').first().fill('seeds')
  await page.keyboard.press('Enter')
  await expect(tags.getByText('6 / 6')).toBeVisible()
  await tags.getByRole('button', { name: 'Close' }).last().click()
  const csv = join(home, 'runs.csv')
  await answerDialogs(studio.app, { save: csv })
  await page.getByRole('main').getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'Save table as CSV…' }).click()
  await expect(page.getByText('Saved runs.csv')).toBeVisible()
  const [head, ...rows] = (await readFile(csv, 'utf8')).trim().split('\r\n')
  expect(head?.split(',')).toEqual(expect.arrayContaining(['name', 'seed', 'best.accuracy', 'train.learningRate']))
  expect(rows).toHaveLength(6)
})
