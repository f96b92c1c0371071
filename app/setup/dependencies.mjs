/** `node_modules` as package-lock.json says: checked by comparing lock files, installed with `npm ci` when they differ. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkoutCache, root } from './paths.mjs'
import { captureNpm } from './processes.mjs'
import { readStamp, updateStamp } from './stamp.mjs'
import { SetupError, step } from './terminal.mjs'

/** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }>} LockedPackages */

/** @param {string} file @returns {LockedPackages} */
const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages

/** What differs between the wanted and the installed packages, in words; null when nothing does. */
export function differenceOfInstalled(folder = root) {
  const installedFile = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return 'nothing is installed yet'
  const installed = packagesOf(installedFile)
  for (const [path, wanted] of Object.entries(packagesOf(join(folder, 'package-lock.json')))) {
    if (path === '' || wanted.link) continue
    const found = installed[path]
    // An optional package is absent where its platform is another one.
    if (!found && (wanted.optional || wanted.devOptional)) continue
    if (found?.version !== wanted.version) {
      return `${path.replace(/^node_modules\//, '')} ${found?.version ?? 'is missing'}, wanted ${wanted.version}`
    }
  }
  return null
}

/**
 * Packages whose folder is complete enough to carry a package.json: what a progress bar can count.
 * @param {readonly string[]} paths
 */
function shareInstalled(paths) {
  let present = 0
  for (const path of paths) if (existsSync(join(root, path, 'package.json'))) present++
  return present / paths.length
}

async function install() {
  const paths = Object.entries(packagesOf(join(root, 'package-lock.json')))
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional)
    .map(([path]) => path)
  // `npm ci` removes the folder anyway; without it the bar starts at zero.
  try {
    rmSync(join(root, 'node_modules'), { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    throw new SetupError(`node_modules cannot be replaced; is Strata still running from it? ${String(error)}`)
  }
  await step(`Installing ${paths.length} packages from the npm registry`, async (report) => {
    const timer = setInterval(() => report(shareInstalled(paths)), 500)
    const result = await captureNpm(
      ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'],
      // Global configuration such as omit=dev or production mode must not leave half of the studio out.
      { env: { ONNXRUNTIME_NODE_INSTALL: 'skip', NODE_ENV: undefined, npm_config_loglevel: 'error' } },
    ).finally(() => clearInterval(timer))
    if (result.code === 0) return
    throw new SetupError(
      `npm ci failed:\n\n${result.stderr.trim() || result.stdout.trim()}\n\n` +
        'Set-up needs an npm registry (see `npm config get registry`). Mend the cause and run the same command again.',
    )
  })
}

/** Installs the packages when package-lock.json and node_modules differ. Costs a hash of one file when nothing changed. */
export async function ensureDependencies() {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const marker = join(root, 'node_modules', '.package-lock.json')
  if (readStamp().lockfile === hash && existsSync(marker)) return
  if (differenceOfInstalled() !== null) await install()
  updateStamp({ lockfile: hash })
}

export const setupLock = join(checkoutCache, 'setup.lock')
