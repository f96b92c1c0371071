/** Everything that has to be there before a command can work, in order, each step only when something is missing. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDependencies, setupLock } from './dependencies.mjs'
import { resolveElectronRuntime } from './electron-runtime.mjs'
import { withLock } from './lock.mjs'
import { ensureNativeAddon } from './native-addon.mjs'
import { ensureNode } from './node-runtime.mjs'
import { root } from './paths.mjs'
import { captureNpm, run } from './processes.mjs'
import { readStamp, updateStamp } from './stamp.mjs'
import { ensureSystemPackages } from './system-packages.mjs'
import { SetupError } from './terminal.mjs'

/**
 * @typedef {object} Needs
 * @property {boolean} [electron] the Electron runtime and the libraries it needs
 * @property {boolean} [virtualDisplay] Xvfb (Linux)
 * @property {boolean} [data] Fashion-MNIST, where the system has it as a package
 */

/** What decides which Electron is used; a change makes set-up look again. */
function electronKey() {
  const hash = createHash('sha256')
  for (const name of ['STRATA_ELECTRON', 'ELECTRON_OVERRIDE_DIST_PATH', 'STRATA_CACHE', 'XDG_CACHE_HOME', 'HOME']) {
    hash.update(`${name}=${process.env[name] ?? ''}\n`)
  }
  const folder = join(root, 'app', 'setup')
  const files = [
    join(root, 'node_modules', 'electron', 'package.json'),
    join(folder, 'electron-from-registry.mjs'),
    ...readdirSync(join(folder, 'default-app')).map((name) => join(folder, 'default-app', name)),
  ]
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** npm's own settings for the network, for a Node that downloads by itself. */
async function networkEnvironment() {
  const { stdout } = await captureNpm(['config', 'list', '--json', '--loglevel=silent'])
  const config = /** @type {Record<string, unknown>} */ (JSON.parse(stdout || '{}'))
  /** @param {string} key @param {string | undefined} known */
  const setting = (key, known) => known ?? (typeof config[key] === 'string' && config[key] ? config[key] : undefined)
  return {
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: setting('https-proxy', process.env['HTTPS_PROXY'] ?? process.env['https_proxy']),
    HTTP_PROXY: setting('proxy', process.env['HTTP_PROXY'] ?? process.env['http_proxy']),
    NODE_EXTRA_CA_CERTS: setting('cafile', process.env['NODE_EXTRA_CA_CERTS']),
    STRATA_REGISTRY: setting('registry', undefined),
  }
}

/** @param {string} node */
async function ensureElectron(node) {
  const key = electronKey()
  const known = resolveElectronRuntime(root)
  if (known && readStamp().electronKey === key && existsSync(known.executablePath)) return known
  const code = await run(node, [join(root, 'app', 'setup', 'electron-install.mjs')], {
    env: await networkEnvironment(),
  })
  const runtime = resolveElectronRuntime(root)
  if (code !== 0 || !runtime) throw new SetupError('Strata needs Electron for its window; see above.')
  updateStamp({ electronKey: key })
  return runtime
}

/**
 * @param {Needs} [needs]
 * @returns {Promise<{ node: string }>} the Node 24 to go on with
 */
export async function prepare(needs = {}) {
  return withLock(setupLock, 'it sets this checkout up', async () => {
    await ensureDependencies()
    const node = await ensureNode()
    await ensureNativeAddon(node)
    const electron = needs.electron ? (await ensureElectron(node)).executablePath : null
    await ensureSystemPackages({
      electron,
      virtualDisplay: needs.virtualDisplay ?? false,
      data: needs.data ?? false,
    })
    return { node }
  })
}
