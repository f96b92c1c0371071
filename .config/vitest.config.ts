/** Unit tests: every `*.test.ts` beside the code, straight from the TypeScript sources. Tests of the window are e2e's. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  cacheDir: '.cache/vite',
  // Rune state (`*.svelte.ts`) needs Svelte's compiler in tests as well.
  plugins: [svelte({ configFile: false })],
  test: {
    include: ['{app,experiments,main,native,renderer}/**/*.test.ts', '.config/**/*.test.ts'],
    environment: 'node',
    globalSetup: '.config/built-programs.ts',
    // Many tests wait for processes that they started: one file more than there are cores.
    maxWorkers: os.availableParallelism() + 1,
    // Programs and threads that tests start read our TypeScript; stripped of its types once, it is read from there.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('../.cache/compile', import.meta.url)) },
    // Real databases, sockets and processes on small machines take their time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    benchmark: { include: ['{app,experiments,main,native,renderer}/**/*.bench.ts'] },
  },
})
