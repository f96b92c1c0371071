/** Makes the unpacked application of this platform with electron-builder, from the prepared Electron runtime, without network. */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { resolveElectronRuntime } from './electron-runtime.mjs'
import { addonFile } from './native-addon.mjs'
import { nodePackageBinary } from './node-location.mjs'
import { checkoutCache, root } from './paths.mjs'
import { capture, run } from './processes.mjs'
import { SetupError, step } from './terminal.mjs'

const staging = join(checkoutCache, 'package')

/** The folder that holds the runtime as its release zip does: beside the executable, on macOS beside the bundle. */
const distributionOf = (/** @type {string} */ executablePath) =>
  process.platform === 'darwin' ? join(executablePath, '..', '..', '..', '..') : dirname(executablePath)

/** Where electron-builder puts the result, and the programs inside. */
function layout() {
  const arch = process.arch === 'x64' ? '' : `-${process.arch}`
  if (process.platform === 'darwin') {
    const contents = join(root, 'dist', `mac${arch}`, 'Strata.app', 'Contents')
    return { executable: join(contents, 'MacOS', 'Strata'), resources: join(contents, 'Resources') }
  }
  const folder = join(root, 'dist', `${process.platform === 'win32' ? 'win' : 'linux'}${arch}-unpacked`)
  const name = process.platform === 'win32' ? 'Strata.exe' : 'strata-studio'
  return { executable: join(folder, name), resources: join(folder, 'resources') }
}

/**
 * @param {string} node the Node 24 to run electron-builder with
 * @param {readonly string[]} [targets] electron-builder's targets; the unpacked application by default
 * @returns {Promise<string>} the application's executable
 */
export async function packageStudio(node, targets = ['dir']) {
  const runtime = resolveElectronRuntime(root)
  if (!runtime) throw new SetupError('There is no Electron runtime to package.')
  const { executable, resources } = layout()
  stage(node, runtime, relative(resources, executable))
  const args = [
    join(root, 'node_modules', 'electron-builder', 'cli.js'),
    ...[`--${{ darwin: 'mac', win32: 'win' }[/** @type {string} */ (process.platform)] ?? 'linux'}`, ...targets],
    ...[`--${process.arch}`, '--config', 'electron-builder.yml', '--publish', 'never'],
    `-c.electronVersion=${runtime.version}`,
    `-c.extraMetadata.commit=${await currentCommit()}`,
    `-c.electronDist=${distributionOf(runtime.executablePath)}`,
  ]
  const env = { CSC_IDENTITY_AUTO_DISCOVERY: process.env['CSC_IDENTITY_AUTO_DISCOVERY'] ?? 'false' }
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  if (targets.some((target) => target !== 'dir')) {
    if ((await run(node, args, { env })) !== 0) throw new SetupError('electron-builder failed; see above.')
  } else {
    await step('Packaging Strata', async () => {
      const { code, stdout, stderr } = await capture(node, args, { env })
      if (code !== 0) throw new SetupError(`electron-builder failed:\n\n${stdout}${stderr}`)
    })
  }
  if (!existsSync(executable)) throw new SetupError(`electron-builder left no ${executable}.`)
  return executable
}

/** Which sources a package is made of; empty without git. */
async function currentCommit() {
  const { code, stdout } = await capture('git', ['rev-parse', 'HEAD'])
  return code === 0 ? stdout.trim() : ''
}

/**
 * Lays out what is not in the sources: this platform's Node and the record of the runtime.
 * @param {string} node @param {import('./electron-runtime.mjs').ElectronRuntime} runtime
 * @param {string} executable from the resources folder to the packaged executable
 */
function stage(node, runtime, executable) {
  const packaged = nodePackageBinary(root)
  const binary = packaged && existsSync(packaged) ? packaged : node
  rmSync(staging, { recursive: true, force: true })
  mkdirSync(join(staging, 'node', 'bin'), { recursive: true })
  cpSync(binary, join(staging, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'))
  const licence = join(dirname(dirname(binary)), 'LICENSE')
  if (existsSync(licence)) copyFileSync(licence, join(staging, 'node', 'LICENSE'))
  const detail = `${runtime.source === 'npm-fallback' ? 'The fallback' : 'The regular'} Electron ${runtime.version}, packaged with Strata`
  const prebuilds = join(root, 'native', 'prebuilds')
  rmSync(prebuilds, { recursive: true, force: true })
  if (existsSync(addonFile)) {
    const target = join(prebuilds, `${process.platform}-${process.arch}`)
    mkdirSync(target, { recursive: true })
    copyFileSync(addonFile, join(target, basename(addonFile)))
  }
  const record = { executablePath: executable, version: runtime.version, source: runtime.source, detail }
  writeFileSync(join(staging, 'electron-runtime.json'), JSON.stringify(record, null, 2))
}
