/**
 * Builds `out/` with Vite: Electron's main process, its preload script, the window, and the programs that run on plain Node.
 * Everything is made in a new folder first and put in place at the end, so a failed build never leaves half of a studio.
 */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { bundles, parts, repository } from './bundles.ts'

const started = performance.now()
const output = join(repository, 'out')
const staging = join(repository, '.cache', `build-${process.pid}`)
const chosen = process.argv.slice(2)

try {
  const wanted = parts.filter((part) => chosen.length === 0 || chosen.includes(part))
  for (const part of wanted) for (const bundle of bundles(part, join(staging, part))) await build(bundle)
  await mkdir(output, { recursive: true })
  for (const part of wanted) {
    const target = join(output, part)
    const old = `${staging}-old-${part}`
    if (existsSync(target)) await rename(target, old)
    await rename(join(staging, part), target)
    await rm(old, { recursive: true, force: true })
  }
  console.error(`✓ Built Strata (${((performance.now() - started) / 1000).toFixed(1)} s)`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await rm(staging, { recursive: true, force: true })
}
