/** What a hostile page or frame could send. Every channel refuses it with a reason, and the studio goes on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callChannel, windowEvents, windowProcedures, type Reply } from '../app/ipc/window-bridge.ts'
import { ask, call } from './fixtures/bridge.ts'
import { expect, test } from './fixtures/studio.ts'

test('a message that does not fit the schema is refused on every channel', async ({ page }) => {
  for (const procedure of windowProcedures) {
    for (const input of [null, 'text', 7, [], { surplus: true }, { run: '1', __proto__: { spec: 1 } }]) {
      const reply = await ask(page, procedure, input)
      expect(reply, `${procedure} with ${JSON.stringify(input)}`).toMatchObject({
        ok: false,
        error: { code: 'invalid-message' },
      })
    }
  }
  await expect(page.getByRole('navigation')).toBeVisible()
  expect((await call(page, 'service.info', {})).pid).toBeGreaterThan(0)
})

test('names outside the contracts do not reach the main process', async ({ page }) => {
  for (const name of ['shell.openExternal', 'constructor', '__proto__', 'toString', '']) {
    expect(await ask(page, name, {})).toMatchObject({ ok: false, error: { code: 'unknown-procedure' } })
    expect(
      await page.evaluate((event) => {
        try {
          window.strata.on(event, () => undefined)
          return 'listened'
        } catch {
          return 'refused'
        }
      }, name),
    ).toBe('refused')
  }
})

test('the page sees four functions and nothing of Electron', async ({ page }) => {
  const seen = await page.evaluate(() => ({
    keys: Object.keys(window.strata).sort(),
    frozen: Object.isFrozen(window.strata),
    returned: typeof window.strata.on('run.changed', () => undefined)(),
    overwritten: (() => {
      try {
        Object.assign(window, { strata: { call: () => 'stolen' } })
      } catch {
        return false
      }
      return String(window.strata.call).includes('stolen')
    })(),
  }))
  expect(seen).toEqual({
    keys: ['call', 'on', 'openDropped', 'takeDrop'],
    frozen: true,
    returned: 'undefined',
    overwritten: false,
  })
})

test('another window is refused on every channel, at a foreign address and at our own', async ({ studio }) => {
  const folder = await mkdtemp(join(tmpdir(), 'strata-hostile-'))
  const preload = join(folder, 'preload.cjs')
  // The worst case: a window whose preload hands out Electron's raw channel.
  await writeFile(
    preload,
    `const { contextBridge, ipcRenderer } = require('electron')
     contextBridge.exposeInMainWorld('raw', { invoke: (channel, input) => ipcRenderer.invoke(channel, input) })`,
  )
  const inputs: Record<string, unknown> = { 'runs.get': { run: 1 }, 'service.stop': { force: true } }
  const channels = windowProcedures.map((name) => [callChannel(name), inputs[name] ?? {}] as const)
  try {
    for (const url of ['data:text/html,<h1>hostile</h1>', 'strata://app/index.html']) {
      const replies = (await studio.app.evaluate(
        async ({ BrowserWindow }, { preload, url, channels }) => {
          const hostile = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: false } })
          await hostile.loadURL(url)
          const script = `Promise.all(${JSON.stringify(channels)}.map(([channel, input]) => window.raw.invoke(channel, input)))`
          const answers = (await hostile.webContents.executeJavaScript(script)) as unknown
          hostile.destroy()
          return answers
        },
        { preload, url, channels },
      )) as Reply[]
      expect(replies).toHaveLength(windowProcedures.length)
      for (const reply of replies) expect(reply).toMatchObject({ ok: false, error: { code: 'not-authorised' } })
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  expect((await call(studio.page, 'service.info', {})).pid).toBeGreaterThan(0)
})

test('a path that the page names does not reach the file system', async ({ page }) => {
  const spec = {
    version: 1,
    name: 'curious',
    network: { zoo: 'lenet5' },
    data: { dataset: 'shapes' },
    train: { epochs: 1, batchSize: 10, learningRate: 0.1 },
  }
  const weights = await ask(page, 'runs.start', { spec: { ...spec, start: { weights: '/etc/passwd' } } })
  expect(weights).toMatchObject({ ok: false, error: { code: 'outside-folder' } })
  const drop = await ask(page, 'desktop.takeDrop', { file: '/etc/passwd' })
  expect(drop).toMatchObject({ ok: false, error: { code: 'unknown-procedure' } })
  const forged = await page.evaluate(() => window.strata.takeDrop(new File(['x'], '/etc/passwd')))
  expect(forged).toMatchObject({ ok: false, error: { code: 'invalid-message' } })
  const ticket = await ask(page, 'desktop.importImages', { ticket: '/etc', name: 'curious' })
  expect(ticket).toMatchObject({ ok: false, error: { code: 'outside-folder' } })
  const network = await ask(page, 'runs.start', { spec: { ...spec, network: { file: '/etc/passwd' } } })
  expect(network).toMatchObject({ ok: false })
  for (const procedure of ['network.importOnnx', 'runs.exportOnnx', 'queue.setEndHook']) {
    const reply = await ask(page, procedure, { run: 1, file: '/etc/passwd', softmax: false })
    expect(reply).toMatchObject({ ok: false, error: { code: 'unknown-procedure' } })
  }
})

test('a file that the page made itself has no path and is refused', async ({ page }) => {
  const reply = await page.evaluate(() => window.strata.openDropped(new File(['{}'], '/etc/passwd')))
  expect(reply).toMatchObject({ ok: false, error: { code: 'invalid-message' } })
})

test('every event of the contracts can be listened to', async ({ page }) => {
  const ended = await page.evaluate(
    (names) => names.map((name) => typeof window.strata.on(name, () => undefined)),
    [...windowEvents],
  )
  expect(new Set(ended)).toEqual(new Set(['function']))
})
