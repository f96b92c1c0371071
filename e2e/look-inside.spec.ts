/** Why does it say that? A test image and an image of one's own, what the network looked at, its units, and how its layers learn. */
import { expectAccessible } from './fixtures/accessible.ts'
import { call } from './fixtures/bridge.ts'
import { photograph } from './fixtures/pictures.ts'
import { expect, test } from './fixtures/studio.ts'

test('an image goes through the network: predictions, heat, feature maps, units, layers over time', async ({
  studio,
  page,
}) => {
  test.setTimeout(240_000)
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  const { id: run } = await call(page, 'runs.start', {
    spec: {
      ...{ version: 1, name: 'LeNet inside', network: { zoo: 'lenet5' }, seed: 2 },
      data: { dataset: 'shapes', limit: 3000, validation: 0.1 },
      train: { epochs: 4, batchSize: 30, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.03 },
    },
  })
  await expect.poll(async () => (await call(page, 'runs.get', { run })).status, { timeout: 90_000 }).toBe('finished')
  const lookAt = (name: string): Promise<void> =>
    photograph(studio, name, (theme) => expectAccessible(page, `${name} ${theme}`))

  await page.evaluate((hash) => (location.hash = hash), `#/runs/${run}`)
  await page.getByRole('tab', { name: 'Inside' }).click()
  const predictions = page.getByRole('region', { name: 'Predictions' })
  const maps = await call(page, 'inside.featureMaps', {
    ...{ member: { run }, layer: 'conv1', limit: 8 },
    image: { kind: 'example', split: 'test', example: 0 },
  })
  const { classes } = await call(page, 'data.list', {}).then((all) => all.find(({ name }) => name === 'shapes')!)
  const nameOf = (label: number | undefined): string => classes[label ?? -1] ?? ''
  await expect(predictions.getByRole('listitem').first()).toContainText(nameOf(maps.image.top[0]?.label))
  await expect(page.getByText(`Bright is what speaks for “${nameOf(maps.image.top[0]?.label)}”`)).toBeVisible()
  await expect(page.locator('canvas.heat')).toBeVisible()
  await predictions.getByRole('listitem').nth(1).getByRole('button').click()
  await expect(page.getByText(`Bright is what speaks for “${nameOf(maps.image.top[1]?.label)}”`)).toBeVisible()
  await page.getByRole('radio', { name: 'Occlusion' }).click()
  await expect(page.getByText(/A grey square of 8 pixels/)).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('region', { name: 'Feature maps' }).getByRole('listitem')).toHaveCount(maps.channels)
  await page.getByRole('radio', { name: 'Grad-CAM' }).click()
  await lookAt('inside-image')

  // An image of one's own, dropped onto the picture; then a file that is none.
  const drop = (name: string, kind: 'image' | 'text') =>
    page.evaluate(
      async ([fileName, what]) => {
        const data = new DataTransfer()
        const canvas = new OffscreenCanvas(96, 64)
        const context = canvas.getContext('2d')!
        context.fillStyle = '#204060'
        context.fillRect(0, 0, 96, 64)
        context.fillStyle = '#f0d040'
        context.fillRect(30, 14, 36, 36)
        const content = what === 'image' ? await canvas.convertToBlob({ type: 'image/png' }) : new Blob(['no pixels'])
        data.items.add(new File([content], fileName, { type: what === 'image' ? 'image/png' : 'text/plain' }))
        const zone = document.querySelector('.drop')!
        for (const type of ['dragover', 'drop']) {
          zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
        }
      },
      [name, kind] as const,
    )
  await drop('my square.png', 'image')
  await expect(page.getByRole('img', { name: 'my square.png' })).toBeVisible()
  await expect(page.getByText(/Bright is what speaks for/)).toBeVisible({ timeout: 30_000 })
  await drop('letter.txt', 'text')
  await expect(page.getByText('“letter.txt” is not an image that can be opened.', { exact: false })).toBeVisible()
  await page.getByRole('button', { name: 'Back to test images' }).click()
  await page.getByRole('button', { name: 'Next test image' }).click()
  await expect(page.getByLabel('Test image', { exact: true })).toHaveValue('1')

  await page.getByRole('radio', { name: 'Filters and units' }).click()
  await expect(page.getByRole('region', { name: 'First filters' }).getByRole('listitem')).toHaveCount(6)
  const units = page.getByRole('region', { name: 'Strongest images' })
  await expect(units.getByText(/\d+ units?, \d+ dead, on 2,000 images/)).toBeVisible({ timeout: 60_000 })
  await lookAt('inside-units')
  await units.getByRole('listitem').first().getByRole('button').first().click()
  await expect(page.getByRole('region', { name: 'Predictions' })).toBeVisible()

  await page.getByRole('radio', { name: 'Layers while learning' }).click()
  await expect
    .poll(async () => (await call(page, 'inside.history', { run, most: 60 })).at(-1)?.epoch, { timeout: 60_000 })
    .toBe(4)
  const table = page.getByRole('region', { name: 'Layers with weights' }).last()
  await expect(table.getByRole('row', { name: /^conv2/ })).toBeVisible()
  await table.getByRole('button', { name: 'conv2' }).click()
  await expect(page.getByRole('heading', { name: 'Histograms of conv2' })).toBeVisible()
  await lookAt('inside-layers')
})
