/**
 * Compiles native/ where a C++ compiler and Python are, once for each state of its sources; says so. Elsewhere the studio augments in
 * TypeScript, and native/build/outcome.json keeps the reason for `strata doctor`.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkoutCache, root } from './paths.mjs'
import { capture } from './processes.mjs'
import { say, step } from './terminal.mjs'

const folder = join(root, 'native')
const outcomeFile = join(folder, 'build', 'outcome.json')
const logFile = join(checkoutCache, 'native-build.log')
export const addonFile = join(folder, 'build', 'Release', 'strata_native.node')

/** @typedef {{ key: string, ok: boolean, reason?: string, lacks?: boolean }} Outcome  `lacks`: nothing was tried, something was missing */

/** @returns {Outcome | null} */
function lastOutcome() {
  try {
    return /** @type {Outcome} */ (JSON.parse(readFileSync(outcomeFile, 'utf8')))
  } catch {
    return null
  }
}

/** Changes whenever another build could have another result. */
function buildKey() {
  const hash = createHash('sha256')
  const sources = readdirSync(join(folder, 'src')).sort()
  const packages = ['node-addon-api', 'node-gyp'].map((name) => join(root, 'node_modules', name, 'package.json'))
  for (const file of [join(folder, 'binding.gyp'), ...sources.map((name) => join(folder, 'src', name)), ...packages]) {
    hash.update(readFileSync(file))
  }
  hash.update(`${process.platform} ${process.arch} ${process.env['CXX'] ?? ''}`)
  return hash.digest('hex')
}

/** What is missing for a build; null when nothing is known to be. @param {string | null} headers */
async function whatIsMissing(headers) {
  if (!headers) return 'the package of Node 24 for this platform brings no headers'
  if (process.platform === 'win32') return null
  const python = await capture(process.env['PYTHON'] ?? 'python3', ['--version']).catch(() => null)
  if (python?.code !== 0) return 'Python 3 is not installed, which node-gyp needs'
  const compiler = await capture(process.env['CXX'] ?? 'c++', ['--version']).catch(() => null)
  if (compiler?.code === 0) return null
  const advice =
    process.platform === 'darwin' ? 'xcode-select --install' : 'on Debian and Ubuntu: apt-get install g++ make'
  return `there is no C++ compiler (${advice})`
}

/** The folder with include/node of the Node that will load the addon. @param {string} node */
function headersOf(node) {
  const base = dirname(dirname(node))
  return existsSync(join(base, 'include', 'node', 'node_api.h')) ? base : null
}

/**
 * @param {string} node the Node 24 that runs the studio
 * @returns {Promise<void>} whether or not there is an addon afterwards: nothing depends on it
 */
export async function ensureNativeAddon(node) {
  if (process.env['STRATA_NATIVE'] === 'off') return
  const key = buildKey()
  const last = lastOutcome()
  if (last?.key === key && (last.ok ? existsSync(addonFile) : !last.lacks)) return
  const headers = headersOf(node)
  const missing = await whatIsMissing(headers)
  if (missing && last?.key === key && last.reason === missing) return
  /** @type {Outcome} */
  let outcome = { key, ok: true }
  if (missing) {
    outcome = { key, ok: false, reason: missing, lacks: true }
    rmSync(join(folder, 'build'), { recursive: true, force: true })
  } else {
    const problem = await step('Compiling the native augmentation (once)', () => compile(node, String(headers)))
    if (problem) outcome = { key, ok: false, reason: problem }
  }
  mkdirSync(dirname(outcomeFile), { recursive: true })
  writeFileSync(outcomeFile, JSON.stringify(outcome, null, 2))
  if (outcome.reason) say(`Images are augmented in TypeScript, which is slower: ${outcome.reason}.`)
}

/** @param {string} node @param {string} headers @returns {Promise<string | null>} the problem */
async function compile(node, headers) {
  const gyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
  const { code, stdout, stderr } = await capture(
    node,
    [gyp, 'rebuild', `--directory=${folder}`, `--nodedir=${headers}`],
    {
      env: { CXXFLAGS: process.env['CXXFLAGS'] },
    },
  )
  mkdirSync(checkoutCache, { recursive: true })
  writeFileSync(logFile, stdout + stderr)
  return code === 0 && existsSync(addonFile) ? null : `it could not be compiled, see ${logFile}`
}
