/**
 * `npm test [-- PART [ARGUMENTS]]`: sets up, checks, builds, and tests the code, the real window and the package. Parts are
 * check, unit, e2e and package; further arguments go to Vitest or Playwright and narrow what runs. The last line says
 * `N passed, N failed`.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfChanged } from './build-if-changed.mjs'
import { runChecks } from './checks.mjs'
import { startVirtualDisplay } from './display.mjs'
import { packageStudio } from './package-studio.mjs'
import { checkoutCache, root } from './paths.mjs'
import { prepare } from './prepare.mjs'
import { run } from './processes.mjs'
import { bold, formatDuration, runScript, say, SetupError } from './terminal.mjs'
import { softwareVulkan } from './software-vulkan.mjs'
import { readPlaywrightReport, readVitestReport } from './test-report.mjs'

/** @typedef {import('./test-report.mjs').Counts} Counts */
/** @typedef {{ name: string, ok: boolean, counts: Counts | null, milliseconds: number }} PartResult */

const parts = ['check', 'unit', 'e2e', 'package']
const reports = join(checkoutCache, 'test-reports')

/** @param {string} node @param {readonly string[]} args */
async function testUnits(node, args) {
  const file = join(reports, 'unit.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const code = await run(
    node,
    [
      ...[vitest, 'run', '--config', '.config/vitest.config.ts'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
    ],
    { env: softwareVulkan() },
  )
  return { ok: code === 0, counts: readVitestReport(file) }
}

/**
 * On Linux windows open on displays of their own, so that they neither pop up nor depend on a screen; STRATA_SHOW=1 shows them. Windows side
 * by side have one each, or they would take the focus from each other. Elsewhere, and where speed is measured, there is one window at a time.
 * @template T
 * @param {(windows: number, env: NodeJS.ProcessEnv) => Promise<T>} body
 * @param {number} [windows] at once
 */
async function withDisplays(body, windows = 1) {
  if (process.platform !== 'linux' || process.env['STRATA_SHOW'] === '1') return body(1, {})
  const count = process.env['STRATA_BENCH'] ? 1 : windows
  const servers = await Promise.all(Array.from({ length: count }, () => startVirtualDisplay()))
  const displays = servers.map(({ display }) => display)
  try {
    return await body(count, {
      ...{ DISPLAY: displays[0], WAYLAND_DISPLAY: undefined, XAUTHORITY: undefined },
      STRATA_E2E_DISPLAYS: displays.join(' '),
    })
  } finally {
    for (const server of servers) server.stop()
  }
}

/** @param {string} node @param {string} name @param {number} windows @param {readonly string[]} args @param {NodeJS.ProcessEnv} env */
async function testWindow(node, name, windows, args, env) {
  const file = join(reports, `${name}.json`)
  const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js')
  const config = ['--config', join('e2e', 'playwright.config.ts'), `--project=${name}`, `--workers=${windows}`]
  const code = await run(node, [playwright, 'test', ...config, ...args], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file, ELECTRON_RUN_AS_NODE: undefined, ...env },
  })
  return { ok: code === 0, counts: readPlaywrightReport(file) }
}

await runScript(async () => {
  const [first, ...others] = process.argv.slice(2)
  if (first && !parts.includes(first)) {
    throw new SetupError(`"${first}" is no part of the tests; use one of ${parts.join(', ')}, then arguments for it.`)
  }
  const wanted = first ? [first] : parts
  const started = Date.now()
  const opensWindows = wanted.includes('e2e') || wanted.includes('package')
  const { node } = await prepare({
    electron: opensWindows,
    virtualDisplay: opensWindows && process.platform === 'linux' && process.env['STRATA_SHOW'] !== '1',
    data: true,
  })
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })

  /** @type {PartResult[]} */
  const results = []
  /** @param {string} name @param {() => Promise<{ ok: boolean, counts: Counts | null }>} body */
  const part = async (name, body) => {
    if (!wanted.includes(name)) return
    say(`\n${bold(`── ${name}`)}`)
    const partStarted = Date.now()
    const outcome = await body().catch((/** @type {unknown} */ error) => {
      if (!(error instanceof SetupError)) throw error
      say(`✗ ${error.message}`)
      return { ok: false, counts: null }
    })
    results.push({ name, ...outcome, milliseconds: Date.now() - partStarted })
  }

  await part('check', async () => ({ ok: await runChecks(node), counts: null }))
  if (wanted.some((name) => name !== 'check')) {
    // Nothing that follows could mean anything without a build; a failure ends the run.
    await buildIfChanged(node)
  }
  await part('unit', () => testUnits(node, others))
  // A story waits for half of its time.
  await part('e2e', () => withDisplays((windows, env) => testWindow(node, 'studio', windows, others, env), 2))
  await part('package', async () => {
    const executable = await packageStudio(node)
    return withDisplays((windows, env) =>
      testWindow(node, 'packaged', windows, others, { ...env, STRATA_E2E_PACKAGED: executable }),
    )
  })

  return summarize(results, Date.now() - started)
})

/** @param {readonly PartResult[]} results @param {number} milliseconds */
function summarize(results, milliseconds) {
  const total = { passed: 0, failed: 0 }
  say(`\n${bold('── summary')} (${formatDuration(milliseconds)})`)
  for (const { name, ok, counts, milliseconds: took } of results) {
    const text = counts
      ? `${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`
      : ok
        ? 'passed'
        : 'failed'
    say(`${ok ? '✓' : '✗'} ${name}: ${text} (${formatDuration(took)})`)
    for (const failure of counts?.failures ?? []) say(`    ${failure}`)
    total.passed += counts?.passed ?? 0
    // A part that failed without a failed test, such as a check or a runner that broke, is a failure as well.
    total.failed += counts && counts.failed > 0 ? counts.failed : ok ? 0 : 1
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
  return results.every(({ ok }) => ok) ? 0 : 1
}
