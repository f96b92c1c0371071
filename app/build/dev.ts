/**
 * `npm run dev`: the window from Vite's dev server, where a change of a component shows at once, and the rest from a build that is made
 * again, with a new start of Electron, whenever its sources change. Ends with Electron.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'vite'
import { resolveElectronRuntime } from '../setup/electron-runtime.mjs'
import { sandboxSettings } from '../setup/sandbox.mjs'
import { repository } from './bundles.ts'

const host = '127.0.0.1'
const port = 5199
const watched = ['app', 'experiments', 'main']
const ignored = /(^|[\\/])(setup|build)[\\/]|\.(test|bench)\.ts$|\.md$/

const runtime = resolveElectronRuntime(repository)
if (!runtime) throw new Error('There is no Electron runtime; start this by `npm run dev`.')
const { executablePath } = runtime

const server = await createServer({
  configFile: join(repository, 'renderer', 'vite.config.ts'),
  root: join(repository, 'renderer'),
  server: { host, port, strictPort: true, hmr: { protocol: 'ws', host, clientPort: port } },
})
await server.listen()

let electron: ChildProcess | undefined
let restarting = false
if (!(await buildPrograms())) process.exit(1)
start()

let timer: NodeJS.Timeout | undefined
for (const folder of watched) {
  watch(join(repository, folder), { recursive: true }, (_event, file) => {
    if (!file || ignored.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => void restart(), 250)
  })
}

/** Leaves the running studio as it is when the build fails. */
async function restart(): Promise<void> {
  if (restarting || !(await buildPrograms())) return
  restarting = true
  const old = electron
  const gone = new Promise((resolve) => old?.once('exit', resolve))
  old?.kill()
  await gone
  restarting = false
  start()
}

function start(): void {
  electron = spawn(executablePath, [...sandboxSettings(executablePath).args, repository, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, STRATA_DEV_SERVER: `http://${host}:${port}/`, ELECTRON_RUN_AS_NODE: undefined },
  })
  electron.once('exit', (code) => {
    if (!restarting) void server.close().then(() => process.exit(code ?? 0))
  })
}

function buildPrograms(): Promise<boolean> {
  const build = spawn(process.execPath, [join(import.meta.dirname, 'build.ts'), 'electron', 'node'], {
    stdio: 'inherit',
  })
  return new Promise((resolve) => build.once('exit', (code) => resolve(code === 0)))
}
