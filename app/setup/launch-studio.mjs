/** Starts Electron with the built studio of this checkout. */
import { resolveElectronRuntime } from './electron-runtime.mjs'
import { root } from './paths.mjs'
import { run } from './processes.mjs'
import { sandboxSettings } from './sandbox.mjs'
import { say, SetupError, warn } from './terminal.mjs'

/**
 * @param {readonly string[]} args for the studio
 * @param {NodeJS.ProcessEnv} [env] more variables for it
 * @returns {Promise<number>} its exit code
 */
export async function launchStudio(args, env = {}) {
  const runtime = resolveElectronRuntime(root)
  if (!runtime) throw new SetupError('There is no Electron runtime; run `npm start` to prepare one.')
  const sandbox = sandboxSettings(runtime.executablePath)
  if (sandbox.problem) throw new SetupError(sandbox.problem)
  say(`Opening Strata. ${runtime.detail}.`)
  if (sandbox.note) warn(sandbox.note)
  const wayland = !process.env['DISPLAY'] && process.env['WAYLAND_DISPLAY'] ? ['--ozone-platform=wayland'] : []
  return run(runtime.executablePath, [...sandbox.args, ...wayland, root, ...args], {
    // Editors that are Electron applications leave this variable in their terminals.
    env: { ELECTRON_RUN_AS_NODE: undefined, ...env },
  })
}
