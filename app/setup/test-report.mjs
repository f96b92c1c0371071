/** Adds up what the test runners report as JSON, and names what failed. */
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from './paths.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Counts */

/** @returns {Counts} */
const nothing = () => ({ passed: 0, failed: 0, skipped: 0, failures: [] })

/** A runner that ended without a report failed as a whole. @param {string} file @returns {any} */
const readReport = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null)

/** @param {string} file @returns {Counts | null} */
export function readVitestReport(file) {
  const report = readReport(file)
  if (!report) return null
  const counts = nothing()
  for (const suite of report.testResults) {
    const where = relative(root, suite.name)
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') counts.passed++
      else if (test.status === 'failed') {
        counts.failed++
        counts.failures.push(`${where} › ${test.fullName}`)
      } else counts.skipped++
    }
    // A file that cannot even be loaded has no tests in the report.
    if (
      suite.status === 'failed' &&
      !suite.assertionResults.some((/** @type {any} */ test) => test.status === 'failed')
    ) {
      counts.failed++
      counts.failures.push(`${where}: ${String(suite.message).split('\n')[0]}`)
    }
  }
  return counts
}

/** @param {string} file @returns {Counts | null} */
export function readPlaywrightReport(file) {
  const report = readReport(file)
  if (!report) return null
  const counts = nothing()
  /** @param {any} suite @param {string} path */
  const visit = (suite, path) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'expected' || test.status === 'flaky') counts.passed++
        else if (test.status === 'skipped') counts.skipped++
        else {
          counts.failed++
          counts.failures.push(`${path} › ${spec.title}`)
        }
      }
    }
    for (const child of suite.suites ?? []) visit(child, `${path} › ${child.title}`)
  }
  for (const suite of report.suites) visit(suite, `e2e/${suite.title}`)
  for (const error of report.errors ?? []) {
    counts.failed++
    counts.failures.push(`e2e: ${String(error.message).split('\n')[0]}`)
  }
  return counts
}
