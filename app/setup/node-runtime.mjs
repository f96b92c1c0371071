/** Finds the Node 24 that runs everything after set-up, and makes sure that it really runs on this machine. */
import { existsSync, statSync } from 'node:fs'
import { nodePackageBinary } from './node-location.mjs'
import { root } from './paths.mjs'
import { capture } from './processes.mjs'
import { readStamp, updateStamp } from './stamp.mjs'
import { SetupError } from './terminal.mjs'

const wantedMajor = 24

/** @param {string} path */
async function versionOf(path) {
  const { code, stdout, stderr } = await capture(path, ['--version'], { env: { NODE_OPTIONS: undefined } })
  return { version: stdout.trim().replace(/^v/, ''), problem: code === 0 ? null : stderr.trim() || `exit code ${code}` }
}

/** @param {string} version */
const isWanted = (version) => Number(version.split('.')[0]) === wantedMajor

/**
 * The Node 24 to use, after it really ran once on this machine.
 * @returns {Promise<string>} path of the binary
 */
export async function ensureNode() {
  const known = readStamp().node
  if (known && statSync(known.path, { throwIfNoEntry: false })?.size === known.size) return known.path

  const tried = []
  const own = nodePackageBinary(root)
  const candidates = [...(own && existsSync(own) ? [own] : []), process.execPath]
  for (const path of candidates) {
    const { version, problem } = await versionOf(path)
    if (!problem && isWanted(version)) {
      updateStamp({ node: { path, version, size: statSync(path).size } })
      return path
    }
    tried.push(`  ${path}: ${problem ?? `is Node ${version}`}`)
  }
  throw new SetupError(
    `Node ${wantedMajor} is needed for the studio service and does not run here (${process.platform} ${process.arch}):\n` +
      (own ? '' : `  there is no npm package with Node ${wantedMajor} for this platform\n`) +
      (own && !existsSync(own) ? `  ${own}: missing (were optional packages left out?)\n` : '') +
      `${tried.join('\n')}\n\n` +
      `Install Node ${wantedMajor} (https://nodejs.org or your package manager), make it the \`node\` of this terminal, ` +
      'and run the same command again.',
  )
}
