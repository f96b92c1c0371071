/**
 * Tests of the real window. `npm test -- e2e` runs the project `studio` against the build of this checkout; with
 * STRATA_E2E_PACKAGED naming a packaged executable the same specs drive that. The project `packaged` is the package's own smoke test.
 */
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  // `npm test` asks for two, each with a display of its own.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ? [['list'], ['json']] : [['list']],
  projects: [
    { name: 'studio', testMatch: '**/*.spec.ts', testIgnore: '**/packaged.spec.ts' },
    { name: 'packaged', testMatch: '**/packaged.spec.ts' },
  ],
})
