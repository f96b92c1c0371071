/** What `npm run check` checks: formatting, types, the linter, the window's components, and who imports whom. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkoutCache, root } from './paths.mjs'
import { capture } from './processes.mjs'
import { bold, formatDuration, say, SetupError } from './terminal.mjs'

/** @param {string} path in node_modules */
const tool = (path) => join(root, 'node_modules', path)
/** @param {string} name */
const cache = (name) => join(checkoutCache, name)

const folders = ['app', 'e2e', 'experiments', 'main', 'native', 'renderer']

/** @typedef {{ name: string, args: string[], after?: string }} Check */

/** @returns {Check[]} */
const allChecks = () => [
  { name: 'types', args: [tool('typescript-native/bin/tsc'), '-b'] },
  {
    name: 'imports',
    args: [
      tool('dependency-cruiser/bin/dependency-cruiser.mjs'),
      ...['--config', '.config/import-rules.cjs', '--output-type', 'err'],
      ...folders.filter((folder) => existsSync(join(root, folder))),
    ],
  },
  {
    name: 'format',
    args: [
      tool('prettier/bin/prettier.cjs'),
      ...['--check', '--log-level', 'warn', '--cache', '--cache-location', cache('prettier'), '.'],
    ],
  },
  {
    name: 'lint',
    args: [tool('oxlint/bin/oxlint'), '--type-aware', '--report-unused-disable-directives-severity', 'error'],
  },
  {
    // Without ESLint's cache: what a component imports may have changed.
    name: 'lint-components',
    args: [
      tool('eslint/bin/eslint.js'),
      ...['--config', '.config/eslint.config.mjs', '--max-warnings', '0', 'renderer/**/*.svelte'],
    ],
  },
  {
    name: 'components',
    // Uses the declarations that `types` writes.
    after: 'types',
    args: [
      tool('svelte-check/bin/svelte-check'),
      ...['--tsconfig', join(root, 'renderer', 'tsconfig.json'), '--fail-on-warnings', '--output', 'human'],
    ],
  },
]

export const checkNames = allChecks().map(({ name }) => name)

/**
 * Runs the checks, two at a time, and shows what each that failed has to say.
 * @param {string} node @param {readonly string[]} [only] names of checks; all by default
 * @returns {Promise<boolean>} whether all passed
 */
export async function runChecks(node, only = checkNames) {
  const unknown = only.find((name) => !checkNames.includes(name))
  if (unknown) throw new SetupError(`There is no check "${unknown}"; there are ${checkNames.join(', ')}.`)
  mkdirSync(checkoutCache, { recursive: true })
  const waiting = allChecks().filter(({ name }) => only.includes(name))
  /** @type {Set<string>} */
  const finished = new Set()
  let passed = true

  /** @param {Check} check */
  const runOne = async ({ name, args }) => {
    const started = Date.now()
    const { code, stdout, stderr } = await capture(node, args, {
      env: { FORCE_COLOR: process.stderr.isTTY ? '1' : undefined },
    })
    finished.add(name)
    say(`${code === 0 ? '✓' : '✗'} ${name} (${formatDuration(Date.now() - started)})`)
    if (code === 0) return
    passed = false
    say(`${(stdout + stderr).trim()}\n`)
    if (name === 'format') say(`${bold('To format')}: npx prettier --write .\n`)
  }

  const isReady = (/** @type {Check} */ { after }) => !after || !only.includes(after) || finished.has(after)
  /** @type {Set<Promise<void>>} */
  const running = new Set()
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < 2 ? waiting.findIndex(isReady) : -1
    const [check] = next < 0 ? [] : waiting.splice(next, 1)
    if (check) {
      const task = runOne(check).finally(() => running.delete(task))
      running.add(task)
    } else await Promise.race(running)
  }
  return passed
}
