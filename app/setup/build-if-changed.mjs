/** Builds `out/` when a source file or a dependency changed since the last build; a look at sizes and times otherwise. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { checkoutCache, root } from './paths.mjs'
import { run } from './processes.mjs'
import { SetupError } from './terminal.mjs'

const sourceFolders = ['app', 'experiments', 'main', 'native', 'renderer']
const sourceFiles = ['package.json', 'package-lock.json', 'tsconfig.json']
const ignored = /\.(test|bench)\.ts$|\.md$/
/** What is compiled from native/ is loaded at run time, not bundled. */
const ignoredFolders = ['build', 'prebuilds', 'src']
const fingerprintFile = join(checkoutCache, 'build.fingerprint')
const outputs = ['electron/main.mjs', 'electron/preload.cjs', 'renderer/index.html', 'node/strata.mjs']

function fingerprint() {
  const hash = createHash('sha256')
  /** @param {string} path */
  const add = (path) => {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && folder.endsWith('native') && ignoredFolders.includes(entry.name)) continue
      if (entry.isDirectory()) walk(path)
      else if (!ignored.test(entry.name)) add(path)
    }
  }
  for (const folder of sourceFolders) if (existsSync(join(root, folder))) walk(join(root, folder))
  for (const file of sourceFiles) add(join(root, file))
  return hash.digest('hex')
}

const isCurrent = () =>
  outputs.every((file) => existsSync(join(root, 'out', file))) &&
  existsSync(fingerprintFile) &&
  readFileSync(fingerprintFile, 'utf8') === fingerprint()

/**
 * @param {string} node
 * @param {{ force?: boolean, parts?: readonly string[] }} [options] `parts` of the output; all of them by default
 */
export async function buildIfChanged(node, { force = false, parts = [] } = {}) {
  if (!force && isCurrent()) return
  await withLock(join(checkoutCache, 'build.lock'), 'it builds this checkout', async () => {
    if (!force && isCurrent()) return
    const before = fingerprint()
    const code = await run(node, [join(root, 'app', 'build', 'build.ts'), ...parts])
    if (code !== 0) throw new SetupError('The build failed; see above.')
    if (parts.length > 0) return
    mkdirSync(checkoutCache, { recursive: true })
    writeFileSync(fingerprintFile, before)
  })
}
