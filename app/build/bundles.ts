/**
 * What is built from what: one Vite configuration per kind of process. Only packages with native code stay outside of the
 * bundles of the Node programs; everything else is bundled, so a package of Strata carries no other node_modules.
 */
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InlineConfig } from 'vite'

export const repository = fileURLToPath(new URL('../../', import.meta.url))

/** Packages that are loaded at run time because their native code is found relative to their own files. */
export const nativePackages = ['better-sqlite3', 'onnxruntime-node', 'sharp'] as const

/** Electron 33, the fallback runtime, has Node 20.18 inside; the service, trainers and CLI run on Node 24. */
const electronNode = 'node20.18'
const serviceNode = 'node24'

/** Times are for whoever asks; see Vite's own options. */
const checks = { pluginTimings: false }

const builtins = [...builtinModules, /^node:/]

function nodeBundle(
  folder: string,
  input: Record<string, string>,
  options: { target: string; format: 'es' | 'cjs'; external: readonly string[] },
): InlineConfig {
  const extension = options.format === 'es' ? 'mjs' : 'cjs'
  return {
    configFile: false,
    root: repository,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: [...options.external] },
    build: {
      ssr: true,
      target: options.target,
      outDir: folder,
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, file]) => [name, join(repository, file)])),
        external: [...options.external, ...builtins],
        output: {
          format: options.format,
          entryFileNames: `[name].${extension}`,
          // Beside the entries, so that `import.meta.dirname` is the same folder in all of them.
          chunkFileNames: `[name]-[hash].${extension}`,
        },
      },
    },
  }
}

/** The folders of `out/`. */
export const parts = ['electron', 'node', 'renderer'] as const
export type Part = (typeof parts)[number]

/** What is built into a part's folder, in this order. */
export function bundles(part: Part, folder: string): InlineConfig[] {
  switch (part) {
    case 'electron': {
      const options = { target: electronNode, external: ['electron', 'electron/main', 'electron/renderer'] }
      return [
        nodeBundle(folder, { main: 'app/electron/main.ts' }, { ...options, format: 'es' }),
        // A sandboxed preload script is one CommonJS file.
        nodeBundle(folder, { preload: 'app/electron/preload.ts' }, { ...options, format: 'cjs' }),
      ]
    }
    case 'node': {
      const input = {
        service: 'app/service/service-entry.ts',
        trainer: 'app/service/trainer-entry.ts',
        importer: 'app/service/importer-entry.ts',
        inspector: 'app/service/inspector-entry.ts',
        'engine-probe': 'app/service/engine-probe-entry.ts',
        'filler-worker': 'main/datasets/filler-worker.ts',
        'machine-worker': 'main/queue/machine-worker.ts',
        strata: 'app/cli/strata.ts',
        'bench-worker': 'app/cli/bench-worker-entry.ts',
      }
      return [nodeBundle(folder, input, { target: serviceNode, format: 'es', external: nativePackages })]
    }
    case 'renderer':
      return [
        {
          configFile: join(repository, 'renderer', 'vite.config.ts'),
          root: join(repository, 'renderer'),
          logLevel: 'warn',
          // The window is loaded from disk: one file of any size is as good as two.
          build: { outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 4000, rolldownOptions: { checks } },
        },
      ]
  }
}
