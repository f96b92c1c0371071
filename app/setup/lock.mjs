/** One process at a time: a folder as a lock, with the owner's process id, taken over when that process is gone. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { say } from './terminal.mjs'

/** @param {string} folder */
function isStale(folder) {
  try {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code === 'ESRCH') return true
    // The owner died between making the folder and writing its id.
    const made = statSync(folder, { throwIfNoEntry: false })
    return code === 'ENOENT' && made !== undefined && Date.now() - made.mtimeMs > 5000
  }
}

/**
 * @template T
 * @param {string} folder @param {string} purpose shown while another process holds the lock
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(folder, purpose, body) {
  mkdirSync(dirname(folder), { recursive: true })
  for (let attempt = 0; ; attempt++) {
    try {
      mkdirSync(folder)
      break
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    if (isStale(folder)) rmSync(folder, { recursive: true, force: true })
    else if (attempt === 5) say(`  waiting for another process: ${purpose}`)
    await delay(200)
  }
  try {
    writeFileSync(join(folder, 'pid'), String(process.pid))
    return await body()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
