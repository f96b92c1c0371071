/**
 * The package as a user gets it: copied to an empty folder, started from there, nothing of the checkout within reach. Its Node inspector is
 * fused off, so the window is watched through Chromium's own remote debugging; a copy with that one fuse on is driven by Playwright.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { flipFuses, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'
import { chromium, expect, test, type Page } from '@playwright/test'
import type { DoctorReport } from '../app/ipc/studio-contract.ts'
import { addonFile } from '../app/setup/native-addon.mjs'
import { launchElectron } from './fixtures/launch-electron.ts'
import { packagedStudio, runCli, type StudioUnderTest } from './fixtures/studio-under-test.ts'

const source = process.env['STRATA_E2E_PACKAGED'] ?? ''

test.describe.configure({ mode: 'serial' })

/** The folder that is the application: on macOS the bundle, else the folder of the executable. */
const applicationFolder = (executable: string): string =>
  process.platform === 'darwin' ? join(executable, '..', '..', '..') : dirname(executable)

async function copyApplication(target: string): Promise<StudioUnderTest> {
  const folder = applicationFolder(source)
  const copy = process.platform === 'darwin' ? join(target, basename(folder)) : target
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true })
  return packagedStudio(source.replace(folder, copy))
}

/** The environment of a terminal that knows nothing of this checkout. */
function plainEnvironment(): Record<string, string> {
  const names = [
    'HOME',
    'USERPROFILE',
    'DISPLAY',
    'WAYLAND_DISPLAY',
    'XAUTHORITY',
    'XDG_RUNTIME_DIR',
    'SYSTEMROOT',
    'TEMP',
    'TMP',
    'TMPDIR',
  ]
  const kept = names.flatMap((name) => (process.env[name] ? [[name, process.env[name]] as const] : []))
  return { ...Object.fromEntries(kept), PATH: process.platform === 'win32' ? '' : '/usr/bin:/bin' }
}

let place = ''
let home = ''
let studio: StudioUnderTest

test.beforeAll(async () => {
  test.skip(source === '', 'STRATA_E2E_PACKAGED names no package; `npm test -- package` makes one')
  place = await mkdtemp(join(tmpdir(), 'strata-package-'))
  home = join(place, 'home')
  await mkdir(home)
  studio = await copyApplication(join(place, 'application'))
})

test.afterAll(async () => {
  if (!place) return
  await runCli(studio, home, ['service', 'stop', '--force'], { timeoutMs: 20_000 })
  await rm(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
})

test('carries the fuses of a release', async () => {
  const wire = await getCurrentFuseWire(studio.executablePath)
  expect(wire[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE)
  expect(wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(FuseState.DISABLE)
  expect(wire[FuseV1Options.EnableNodeCliInspectArguments]).toBe(FuseState.DISABLE)
  expect(wire[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(FuseState.DISABLE)
  expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(FuseState.ENABLE)
})

test('carries native code of this platform only, and no other modules', async () => {
  const unpacked = join(dirname(studio.cliEntry), '..', '..')
  const files = (await readdir(unpacked, { recursive: true })).map((file) => file.replaceAll('\\', '/'))
  const target = `${process.platform}-${process.arch}`
  expect(files.filter((file) => file.startsWith('node_modules/better-sqlite3/prebuilds/'))).toEqual([
    `node_modules/better-sqlite3/prebuilds/${target}.node`,
  ])
  const bindings = files.filter((file) => file.endsWith('onnxruntime_binding.node'))
  expect(bindings).toEqual([
    `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`,
  ])
  expect((await readdir(join(unpacked, 'node_modules'))).sort()).toEqual([
    '@img',
    'better-sqlite3',
    'detect-libc',
    'onnxruntime-common',
    'onnxruntime-node',
    'semver',
    'sharp',
  ])
  const images = (await readdir(join(unpacked, 'node_modules', '@img'))).sort()
  expect(images.filter((name) => name.startsWith('sharp-') && !name.endsWith(target))).toEqual([])
  expect(images).toContain(`sharp-${target}`)
})

test('augments by the native code that it carries', async () => {
  const unpacked = join(dirname(studio.cliEntry), '..', '..')
  const carried = join(unpacked, 'native', 'prebuilds', `${process.platform}-${process.arch}`, basename(addonFile))
  // Set-up compiles none where there is no compiler.
  expect(existsSync(carried)).toBe(existsSync(addonFile))
  const { stdout } = await runCli(studio, home, ['doctor', '--json'])
  const { batches } = JSON.parse(stdout) as DoctorReport
  expect(batches).toMatchObject(
    existsSync(addonFile) ? { native: true, detail: await realpath(carried) } : { native: false },
  )
})

test('trains by its own command line', async () => {
  const experiment = join(place, 'short.experiment.json')
  await writeFile(
    experiment,
    JSON.stringify({
      version: 1,
      name: 'Packaged smoke test',
      network: { zoo: 'lenet5' },
      data: { dataset: 'shapes', limit: 512, augment: [{ type: 'mirror' }] },
      train: { epochs: 1, batchSize: 64, optimizer: { type: 'sgd', momentum: 0.9 }, learningRate: 0.05 },
      seed: 1,
    }),
  )
  const { code, stdout, stderr } = await runCli(studio, home, ['train', experiment, '--json'], {
    cwd: place,
    timeoutMs: 100_000,
  })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; status?: string })
  expect(events.map(({ event }) => event)).toContain('epoch')
  expect(events.at(-1)).toMatchObject({ event: 'finished', status: 'finished' })
})

test('the untouched package opens its window on the run that was trained', async () => {
  const args = [...studio.args, '--remote-debugging-port=0', '--lang=en-US', `--home=${home}`]
  const child = spawn(studio.executablePath, args, {
    cwd: place,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(child))
    const page = await firstPage(() => browser.contexts().flatMap((context) => context.pages()))
    expect(page.url()).toMatch(/^strata:\/\/app\//)
    await expect(page).toHaveTitle(/Strata/)
    await expect(page.getByRole('navigation').first()).toBeVisible()
    await page.getByRole('navigation').first().getByText('Runs').click()
    await expect(page.getByText('Packaged smoke test').first()).toBeVisible()
    expect(await page.evaluate(() => [typeof require, typeof process])).toEqual(['undefined', 'undefined'])
    const status = await runCli(studio, home, ['service', 'status', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({ running: true })
    await browser.close()
  } finally {
    child.kill('SIGKILL')
  }
})

test('a copy with the inspector on runs from its archive, packaged', async () => {
  const copy = await copyApplication(join(place, 'inspectable'))
  await flipFuses(copy.executablePath, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    resetAdHocDarwinSignature: process.platform === 'darwin' && process.arch === 'arm64',
  })
  const app = await launchElectron(copy, {
    args: ['--lang=en-US', `--home=${home}`],
    env: plainEnvironment(),
    cwd: place,
  })
  try {
    const page = await app.firstWindow()
    await expect(page.getByRole('navigation').first()).toBeVisible()
    const facts = await app.evaluate(({ app: electron }) => ({
      packaged: electron.isPackaged,
      path: electron.getAppPath(),
      version: electron.getVersion(),
    }))
    expect(facts.packaged).toBe(true)
    expect(basename(facts.path)).toBe('app.asar')
  } finally {
    app.process().kill('SIGKILL')
  }
})

/** Chromium writes on stderr where it listens. */
function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const onData = (text: Buffer): void => {
      output += text.toString()
      const address = /DevTools listening on (ws:\S+)/.exec(output)?.[1]
      if (address) resolve(address)
    }
    child.stdout?.on('data', onData)
    child.stderr?.on('data', onData)
    child.once('exit', (code) => reject(new Error(`the packaged application ended with ${code}:\n${output}`)))
  })
}

async function firstPage(pages: () => Page[]): Promise<Page> {
  await expect.poll(() => pages().length, { timeout: 60_000 }).toBeGreaterThan(0)
  const [page] = pages()
  if (!page) throw new Error('the window closed')
  return page
}
