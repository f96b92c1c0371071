/** Child processes, the same way on Linux, macOS and Windows, without a shell wherever there is a choice. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { root } from './paths.mjs'

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] added to this process' environment; undefined removes a variable
 * @property {string} [cwd] default: the checkout
 */

/** @param {NodeJS.ProcessEnv | undefined} changes */
function environment(changes) {
  const env = { ...process.env, ...changes }
  for (const [key, value] of Object.entries(env)) if (value === undefined) delete env[key]
  return env
}

/** @param {number | null} code @param {NodeJS.Signals | null} signal */
const exitCode = (code, signal) => code ?? 128 + (signal ? constants.signals[signal] : 0)

/**
 * Runs a command with our terminal and resolves to its exit code. Ctrl+C reaches the child by itself; we wait for it to end.
 * @param {string} command @param {readonly string[]} args @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd ?? root, env: environment(options.env), stdio: 'inherit' })
    const onInterrupt = () => {}
    const onTerminate = () => void child.kill('SIGTERM')
    const onHangup = () => void child.kill('SIGHUP')
    process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onHangup)
    const release = () => process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onHangup)
    child.on('error', (error) => (release(), reject(error)))
    child.on('close', (code, signal) => (release(), resolve(exitCode(code, signal))))
  })
}

/**
 * Runs a command and collects what it prints. A command that cannot be started has exit code 127.
 * @param {string} command @param {readonly string[]} args
 * @param {RunOptions & { onLine?: (line: string) => void, extraPipe?: boolean, shell?: boolean }} [options]
 *   `onLine` sees each line of stdout, stderr and, with `extraPipe`, of file descriptor 3
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: environment(options.env),
      shell: options.shell ?? false,
      stdio: ['ignore', 'pipe', 'pipe', ...(options.extraPipe ? /** @type {const} */ (['pipe']) : [])],
    })
    let stdout = ''
    let stderr = ''
    /** @param {import('node:stream').Readable | null} stream @param {(text: string) => void} keep */
    const collect = (stream, keep) => {
      let rest = ''
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        keep(text)
        const lines = (rest + text).split(/\r?\n|\r/)
        rest = lines.pop() ?? ''
        for (const line of lines) options.onLine?.(line)
      })
    }
    collect(child.stdout, (text) => (stdout += text))
    collect(child.stderr, (text) => (stderr += text))
    collect(/** @type {import('node:stream').Readable | null} */ (child.stdio[3] ?? null), () => {})
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: `${stderr}${error.message}` }))
    child.on('close', (code, signal) => resolve({ code: exitCode(code, signal), stdout, stderr }))
  })
}

/**
 * Runs npm quietly. Under `npm run` its own script is known and needs no shell; else the command of the PATH is used.
 * @param {readonly string[]} args @param {Parameters<typeof capture>[2]} [options]
 */
export function captureNpm(args, options = {}) {
  const script = process.env['npm_execpath']
  if (script && /^npm(-cli)?\.c?js$/.test(basename(script)))
    return capture(process.execPath, [script, ...args], options)
  return process.platform === 'win32'
    ? capture('npm.cmd', args, { ...options, shell: true })
    : capture('npm', args, options)
}
