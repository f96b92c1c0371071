import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPlaywrightReport, readVitestReport } from './test-report.mjs'

let file = ''
beforeEach(async () => (file = join(await mkdtemp(join(tmpdir(), 'strata-report-')), 'report.json')))
afterEach(() => rm(join(file, '..'), { recursive: true, force: true }))

test('counts what Vitest reports, and a file that could not be loaded as one failure', async () => {
  const assertionResults = [
    { status: 'passed', fullName: 'a' },
    { status: 'failed', fullName: 'adds up' },
    { status: 'skipped', fullName: 'c' },
  ]
  const testResults = [
    { name: 'sum.test.ts', status: 'failed', assertionResults },
    { name: 'broken.test.ts', status: 'failed', assertionResults: [], message: 'SyntaxError: no\nstack' },
  ]
  await writeFile(file, JSON.stringify({ testResults }))
  const counts = readVitestReport(file)
  expect(counts).toMatchObject({ passed: 1, failed: 2, skipped: 1 })
  expect(counts?.failures).toEqual([
    expect.stringMatching(/sum.test.ts › adds up$/),
    expect.stringMatching(/SyntaxError: no$/),
  ])
})

test('counts what Playwright reports, in suites within suites', async () => {
  const spec = (title: string, status: string): object => ({ title, tests: [{ status }] })
  const inner = { title: 'queue', specs: [spec('moves a job', 'unexpected'), spec('skips', 'skipped')] }
  const suites = [{ title: 'train.spec.ts', specs: [spec('trains', 'expected')], suites: [inner] }]
  await writeFile(file, JSON.stringify({ suites, errors: [] }))
  expect(readPlaywrightReport(file)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 1,
    failures: ['e2e/train.spec.ts › queue › moves a job'],
  })
})

test('a runner that left no report has none', () => {
  expect(readVitestReport(file)).toBeNull()
})
