/** A person opens the studio for the first time. */
import { call } from './fixtures/bridge.ts'
import { expect, test } from './fixtures/studio.ts'

test('the first window invites to train the demo, and nothing else is in the way', async ({ page }) => {
  await expect(page).toHaveTitle('Strata')
  await expect(page.getByRole('heading', { name: 'Train your first network' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Train the demo' })).toBeEnabled()
  await expect(page.getByRole('alert')).toHaveCount(0)
  for (const view of ['Compose', 'Queue', 'Runs', 'Compare', 'Sweeps', 'Data', 'Settings']) {
    await expect(page.getByRole('navigation').getByRole('button', { name: view })).toBeVisible()
  }
})

test('a network is taken apart: every layer with shape, parameters, multiply-adds and receptive field', async ({
  page,
}) => {
  const row = page.getByRole('row', { name: /^conv1 / })
  await expect(row).toContainText('28 × 28 × 6')
  await expect(row).toContainText('156')
  await expect(row).toContainText('118K')
  await expect(row.getByRole('cell').last()).toHaveText('5')
  await expect(page.getByRole('row', { name: /^Total/ })).toContainText('61,706')
})

test('settings say which Electron, service, engines and folders this studio uses', async ({ page, home }) => {
  await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click()
  const info = await call(page, 'desktop.info', {})
  const report = await call(page, 'doctor', {})
  await expect(page.getByText(info.electron.version, { exact: true })).toBeVisible()
  await expect(page.getByText(info.electron.detail)).toBeVisible()
  await expect(page.getByText(String(report.service.pid), { exact: true })).toBeVisible()
  await expect(page.getByText(report.studio.home, { exact: true })).toBeVisible()
  expect(report.studio.home).toContain(home.split(/[\\/]/).at(-1))
  for (const engine of report.engines) await expect(page.getByText(engine.title).first()).toBeVisible()
})

test('the place of the window and the choices of its person are kept', async ({ openStudio }) => {
  const first = await openStudio()
  await first.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 30, width: 1111, height: 777 }),
  )
  await first.page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click()
  await first.page.getByRole('radio', { name: 'Dark' }).click()
  await expect(first.page.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await first.close()
  const second = await openStudio()
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  expect(bounds).toMatchObject({ width: 1111, height: 777 })
  await second.page.emulateMedia({ colorScheme: null })
  await expect.poll(() => second.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(true)
})

test('a second start on the same home shows the window that is open', async ({ studio, openStudio }) => {
  await studio.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  await expect(openStudio()).rejects.toThrow()
  await expect.poll(() => studio.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})
