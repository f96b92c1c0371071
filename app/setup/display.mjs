/** Whether a window can open here, and a display without a screen for tests. */
import { spawn } from 'node:child_process'
import { isInPath } from './system-packages.mjs'
import { SetupError } from './terminal.mjs'

/**
 * Null when a window can open, else the reason why not, in words.
 * @param {NodeJS.ProcessEnv} [env] @param {NodeJS.Platform} [platform]
 */
export function reasonForNoWindow(env = process.env, platform = process.platform) {
  if (isSet(env['STRATA_HEADLESS'])) return 'STRATA_HEADLESS is set'
  if (platform === 'linux') {
    return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? null : 'neither DISPLAY nor WAYLAND_DISPLAY is set'
  }
  return isSet(env['CI']) ? 'CI is set' : null
}

/** @param {string | undefined} value */
const isSet = (value) => value !== undefined && !['', '0', 'false'].includes(value)

/**
 * Starts Xvfb on a display number that it chooses itself, so that runs side by side never collide.
 * @returns {Promise<{ display: string, stop: () => void }>}
 */
export async function startVirtualDisplay(size = '1600x1000x24') {
  if (!isInPath('Xvfb')) throw new SetupError('Xvfb is not installed.')
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  let messages = ''
  server.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (messages += text))
  const stop = () => void server.kill()
  process.once('exit', stop)
  const number = await new Promise((/** @type {(number: string) => void} */ resolve, reject) => {
    const pipe = /** @type {import('node:stream').Readable} */ (server.stdio[3])
    pipe.setEncoding('utf8').once('data', (/** @type {string} */ text) => resolve(text.trim()))
    server.once('error', reject)
    server.once('exit', () => reject(new SetupError(`Xvfb did not start:\n${messages.trim()}`)))
  })
  return {
    display: `:${number}`,
    stop: () => {
      process.off('exit', stop)
      stop()
    },
  }
}
