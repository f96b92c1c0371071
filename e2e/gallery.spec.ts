/** Pictures of every view, for people who judge a change by its look; with STRATA_UPDATE_IMAGES=1 also the one in the README. */
import { join } from 'node:path'
import { call } from './fixtures/bridge.ts'
import { chooseTheme, gallery, resize, sizes, themes } from './fixtures/pictures.ts'
import { expect, saveScreenshot, test } from './fixtures/studio.ts'
import { fillTraining, runStatus, startTraining } from './fixtures/training.ts'

const readmePicture = join(import.meta.dirname, '..', 'docs', 'images', 'studio.png')
/** Ordinary runs leave the checkout as it is. */
const updatesReadme = process.env['STRATA_UPDATE_IMAGES'] === '1'
test('every view in dark and light, at a laptop and a desktop size', async ({ studio, page }) => {
  test.setTimeout(300_000)
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  const settle = async (): Promise<void> => {
    await page.evaluate(() => document.fonts.ready)
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))))
  }
  await resize(studio, 1280, 800)
  await expect(page.locator('.welcome canvas').first()).toBeVisible()
  await saveScreenshot(page, join(gallery, 'first-start-1280.png'))

  const ready = (await call(page, 'data.list', {})).filter(({ problem }) => problem === null).map(({ name }) => name)
  const dataset = ready.includes('fashion-mnist') ? 'Fashion-MNIST' : 'Shapes'
  await fillTraining(page, { dataset, limit: 4000, epochs: 6, batchSize: 50, name: `LeNet-5 on ${dataset}` })
  const run = await startTraining(page)
  await expect(page.getByText(/Epoch [3-6] of 6/)).toBeVisible({ timeout: 90_000 })
  await settle()
  await saveScreenshot(page, join(gallery, 'training-1280.png'))
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 120_000 })
  await page.getByRole('button', { name: 'Run again with changes' }).click()
  await fillTraining(page, {
    limit: 1000,
    epochs: 40,
    learningRate: 0.2,
    name: `LeNet-5 on ${dataset}, higher learning rate`,
  })
  const stopped = await startTraining(page)
  await expect.poll(async () => (await call(page, 'runs.get', { run: stopped })).progress.step).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(runStatus(page)).toHaveText('Stopped', { timeout: 30_000 })

  for (const theme of themes) {
    await chooseTheme(page, theme)
    for (const [width, height] of sizes) {
      await resize(studio, width, height)
      const views = [
        ['compose', '#/compose', '.samples canvas'],
        ['runs', '#/runs', 'tbody tr'],
        ['run', `#/runs/${run}`, '.chart canvas'],
        ['data', '#/data/shapes', '.images canvas'],
        ['data-missing', '#/data/mnist', '.notice'],
        ['settings', '#/settings', '.engines li'],
      ] as const
      for (const [name, hash, landmark] of views) {
        await page.evaluate((next) => (location.hash = next), hash)
        await expect(page.locator(landmark).first()).toBeVisible()
        await settle()
        await saveScreenshot(page, join(gallery, `${name}-${theme}-${width}.png`))
        if (updatesReadme && name === 'run' && theme === 'dark' && width === 1280) {
          await saveScreenshot(page, readmePicture)
        }
      }
    }
  }
  await resize(studio, 1280, 800)
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await saveScreenshot(page, join(gallery, 'palette-light-1280.png'))
})
