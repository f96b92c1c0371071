/** Wrong input is explained where it stands, in words that say what would be right. */
import { ask } from './fixtures/bridge.ts'
import { expect, test } from './fixtures/studio.ts'
import { chooseDataset, fillTraining, runStatus, startButton, startTraining } from './fixtures/training.ts'

test('each wrong number is explained at its field, and Start waits', async ({ page }) => {
  await chooseDataset(page, 'Shapes')
  await expect(startButton(page)).toBeEnabled()
  const cases = [
    ['Epochs', '0', 'Enter a whole number from 1 to 100,000'],
    ['Epochs', '2.5', 'Enter a whole number'],
    ['Batch size', 'many', 'Enter a number'],
    ['Learning rate', '-1', 'Enter a value above 0, up to 1,000'],
    ['Momentum', '1', 'Enter a value from 0 to below 1'],
    ['Validation share', '95', 'Enter a value from 0 to 90'],
    ['Training images', '20000', 'The dataset has 10,000 training images'],
    ['Batch size', '60000', 'Only 9,000 images are left for training'],
  ] as const
  for (const [label, text, problem] of cases) {
    const field = page.getByLabel(label, { exact: true })
    const before = await field.inputValue()
    await field.fill(text)
    await expect(page.getByText(problem, { exact: true })).toBeVisible()
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    const describedBy = (await field.getAttribute('aria-describedby')) ?? ''
    await expect(page.locator(`#${describedBy}`)).toHaveText(problem)
    await expect(startButton(page)).toBeDisabled()
    await field.fill(before)
    await expect(field).not.toHaveAttribute('aria-invalid', 'true')
  }
  await expect(startButton(page)).toBeEnabled()
})

test('an emptied field is left alone while it is being filled, and asked for afterwards', async ({ page }) => {
  const field = page.getByLabel('Epochs', { exact: true })
  await field.fill('')
  await expect(field).not.toHaveAttribute('aria-invalid', 'true')
  await field.press('Tab')
  await expect(page.getByText('Enter a value', { exact: true })).toBeVisible()
})

test('a missing dataset says what to do, in Compose and in Data', async ({ page }) => {
  await chooseDataset(page, 'MNIST')
  await page.locator('#dataset').click()
  await page.getByRole('option', { name: /^MNIST/ }).click()
  const notice = page.getByRole('group', { name: 'Not on this computer' })
  await expect(notice).toContainText('dataset-missing')
  await expect(notice.getByRole('button', { name: 'Download' })).toBeVisible()
  await expect(notice).toContainText(/train-images-idx3-ubyte/)
  await expect(startButton(page)).toBeDisabled()
  await page.getByRole('navigation').getByRole('button', { name: 'Data' }).click()
  await page.getByRole('radio', { name: /^MNIST/ }).click()
  await expect(page.getByRole('alert')).toContainText('dataset-missing')
})

test('what only training itself finds out is told on the run, and comes back at the field', async ({ page }) => {
  // One hundredth of ten images holds out none.
  await fillTraining(page, { dataset: 'Shapes', limit: 10, batchSize: 1, epochs: 1, name: 'Holds out nothing' })
  await page.getByLabel('Validation share', { exact: true }).fill('1')
  await startTraining(page)
  await expect(runStatus(page)).toHaveText('Failed', { timeout: 60_000 })
  const notice = page.getByRole('group', { name: 'Value out of range' })
  await expect(notice).toContainText('data.validation')
  await notice.getByRole('button', { name: 'Run again with changes' }).click()
  const field = page.getByLabel('Validation share', { exact: true })
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText(/holds out none of 10 examples/)).toBeVisible()
  await field.fill('20')
  await expect(field).not.toHaveAttribute('aria-invalid', 'true')
})

test('all problems of a specification come back at once, with code, place and advice', async ({ page }) => {
  const reply = await ask(page, 'runs.start', { spec: { version: 1, network: { zoo: 'lenet6' }, trian: {} } })
  if (reply.ok) throw new Error('expected a refusal')
  expect(reply.error.code).toMatch(/unknown-key|missing-value/)
  expect(JSON.stringify(reply.error.details)).toContain('did you mean')
})

test('a run that does not exist is said to be gone', async ({ page }) => {
  await page.evaluate(() => (location.hash = '#/runs/4711'))
  await expect(page.getByRole('heading', { name: 'This run does not exist any more' })).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'All runs' }).last().click()
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible()
})
