/** `.cache/setup.json`: what set-up has done and need not do again. Losing it costs time, nothing else. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkoutCache } from './paths.mjs'

/**
 * @typedef {object} Stamp
 * @property {string} [lockfile] hash of the package-lock.json that node_modules was checked against
 * @property {{ path: string, version: string, size: number }} [node] the Node 24 that ran here
 * @property {string} [electronKey] what the Electron runtime was chosen from
 * @property {string} [electronChecked] executable whose shared libraries were all found
 * @property {string} [optionalTried] day of the last attempt to install optional system packages
 */

const file = join(checkoutCache, 'setup.json')

/** @returns {Stamp} */
export function readStamp() {
  try {
    return /** @type {Stamp} */ (JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return {}
  }
}

/** @param {Partial<Stamp>} changes */
export function updateStamp(changes) {
  mkdirSync(checkoutCache, { recursive: true })
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, JSON.stringify({ ...readStamp(), ...changes }, null, 2))
  renameSync(temporary, file)
}
