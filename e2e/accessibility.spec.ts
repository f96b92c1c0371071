/** Every view passes axe's WCAG AA rules, in both themes, and works without a mouse. */
import { expectAccessible } from './fixtures/accessible.ts'
import { chooseTheme, themes } from './fixtures/pictures.ts'
import { expect, test } from './fixtures/studio.ts'
import { fillTraining, runStatus, startTraining } from './fixtures/training.ts'

test('every view, dialog and menu passes in dark and in light', async ({ page }) => {
  test.setTimeout(240_000)
  // Reduced motion also keeps the spinner and other endless animations still.
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  await expectAccessible(page, 'first start')
  await fillTraining(page, { dataset: 'Shapes', limit: 300, epochs: 1, batchSize: 50, name: 'Accessible' })
  const run = await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })

  for (const theme of themes) {
    await chooseTheme(page, theme)
    const views = [
      '#/compose',
      '#/queue',
      '#/runs',
      `#/runs/${run}`,
      '#/data/shapes',
      '#/data/mnist',
      '#/settings',
      '#/runs/999',
      `#/ensemble/${run}`,
      '#/compare',
      `#/compare/${run}`,
      '#/sweeps',
    ]
    for (const hash of views) {
      await page.evaluate((next) => (location.hash = next), hash)
      await expect(page.locator('main h1').first()).toBeAttached()
      if (hash.includes('ensemble')) {
        await expect(page.locator('#calibration-title')).toBeVisible({ timeout: 60_000 })
      }
      if (hash === '#/settings') await expect(page.getByRole('heading', { name: 'Versions' })).toBeVisible()
      await expectAccessible(page, `${hash} ${theme}`)
    }
    await page.evaluate(() => (location.hash = '#/data/shapes'))
    await page.getByRole('tab', { name: 'Statistics' }).click()
    await expect(page.getByRole('heading', { name: 'Images by class' })).toBeVisible()
    await expectAccessible(page, `statistics ${theme}`)
    await page.getByRole('tab', { name: 'Augmentation' }).click()
    await page.getByRole('button', { name: 'ImageNet' }).click()
    await expect(page.getByRole('group', { name: 'Draws', exact: true }).locator('canvas').first()).toBeVisible()
    await expectAccessible(page, `augmentation ${theme}`)
    await page.evaluate(() => (location.hash = '#/compose'))
    await page.keyboard.press('Control+Shift+N')
    await expect(page.getByRole('tab', { name: /Untitled/ }).last()).toBeVisible()
    await expectAccessible(page, `drawing ${theme}`)
    await page.evaluate(() => (location.hash = '#/queue'))
    await page.getByRole('button', { name: 'Night plan…' }).first().click()
    await expect(page.getByRole('dialog', { name: 'Night plan' })).toBeVisible()
    await expectAccessible(page, `night plan ${theme}`)
    await page.keyboard.press('Escape')
    await page.evaluate((id) => (location.hash = `#/runs/${id}`), run)
    for (const tab of [/Epochs/, 'Evaluation', /Checkpoints/, 'Settings']) {
      await page.getByRole('tab', { name: tab }).click()
      if (tab === 'Evaluation') await expect(page.locator('#calibration-title')).toBeVisible({ timeout: 60_000 })
      await expectAccessible(page, `tab ${tab} ${theme}`)
    }
    await page.getByRole('tab', { name: 'Curves' }).click()
    await page.getByRole('radio', { name: 'Table' }).click()
    await expectAccessible(page, `chart table ${theme}`)
    await page.getByRole('main').getByRole('button', { name: 'More actions' }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    await expectAccessible(page, `menu ${theme}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectAccessible(page, `palette ${theme}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+/')
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    await expectAccessible(page, `shortcuts ${theme}`)
    await page.keyboard.press('Escape')
    await page.evaluate(() => (location.hash = '#/compose'))
    await page.getByLabel('Epochs', { exact: true }).fill('0')
    await page.locator('#optimizer').click()
    await expect(page.getByRole('listbox')).toBeVisible()
    await expectAccessible(page, `select and problem ${theme}`)
    await page.keyboard.press('Escape')
    await page.getByLabel('Epochs', { exact: true }).fill('1')
  }
})

test('from first start to a running training by keyboard alone', async ({ page }) => {
  await expect(page.getByRole('button', { name: 'Train the demo' })).toBeVisible()
  await page.keyboard.press('Control+3')
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox')).toBeFocused()
  await page.keyboard.type('lenet')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'LeNet-5' })).toBeVisible()

  // Tab reaches every control in the order in which it is seen.
  const reached: string[] = []
  await page.locator('body').focus()
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab')
    const id = await page.evaluate(() => document.activeElement?.id ?? '')
    if (id) reached.push(id)
    if (id === 'seed') break
  }
  const order = [
    'network-lenet5',
    'dataset',
    'limit',
    'validation',
    'epochs',
    'batchSize',
    'optimizer',
    'learningRate',
    'momentum',
    'name',
    'seed',
  ]
  expect(reached.filter((id) => order.includes(id))).toEqual(order)

  // Arrow keys step numbers and choose datasets.
  await page.locator('#epochs').focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.locator('#epochs')).toHaveValue('4')
  await page.locator('#batchSize').focus()
  await page.keyboard.press('ArrowUp')
  await expect(page.locator('#batchSize')).toHaveValue('256')
  await page.locator('#dataset').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.type('Shapes')
  await page.keyboard.press('Enter')
  await expect(page.locator('#dataset')).toContainText('Shapes')
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(/#\/runs\/\d+$/)
  await expect(runStatus(page)).toHaveText(/Training|Queued/)
})

test('a chart is read, zoomed and panned by keyboard', async ({ page }) => {
  await fillTraining(page, { dataset: 'Shapes', limit: 1200, epochs: 2, batchSize: 20, name: 'Readable' })
  await startTraining(page)
  await expect(runStatus(page)).toHaveText('Finished', { timeout: 90_000 })
  const chart = page.getByRole('application', { name: 'Loss of Readable' })
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('region', { name: 'Loss of Readable' })).toContainText(/Step 1\d\d/)
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeDisabled()
  await page.keyboard.press('+')
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeEnabled()
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('0')
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeDisabled()
})

test('the window holds at 200 % zoom: nothing scrolls sideways, nothing is cut off', async ({ studio, page }) => {
  await expect(page.getByRole('navigation')).toBeVisible()
  await studio.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    window?.setContentSize(1280, 800)
    window?.webContents.setZoomFactor(2)
  })
  await expect.poll(() => page.evaluate(() => innerWidth)).toBe(640)
  for (const view of ['compose', 'queue', 'runs', 'data', 'settings']) {
    await page.evaluate((next) => (location.hash = `#/${next}`), view)
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(excess, view).toBeLessThanOrEqual(0)
  }
  await page.evaluate(() => (location.hash = '#/compose'))
  await page.locator('#seed').scrollIntoViewIfNeeded()
  await expect(page.locator('#seed')).toBeInViewport()
  await expect(page.getByRole('button', { name: 'Start training' })).toBeInViewport()
})
