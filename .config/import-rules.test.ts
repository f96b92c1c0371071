/** The import rules fire: each forbidden import, in a small tree of its own, is reported by file and import. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const rules = fileURLToPath(new URL('./import-rules.cjs', import.meta.url))
const cruiser = fileURLToPath(new URL('../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', import.meta.url))

const tree = {
  'tsconfig.json': '{}',
  'package.json': '{ "dependencies": { "electron": "1", "onnxruntime-node": "1", "better-sqlite3": "1" } }',
  'node_modules/electron/index.js': '',
  'node_modules/electron/package.json': '{ "name": "electron", "main": "index.js" }',
  'node_modules/onnxruntime-node/index.js': '',
  'node_modules/onnxruntime-node/package.json': '{ "name": "onnxruntime-node", "main": "index.js" }',
  'node_modules/better-sqlite3/index.js': '',
  'node_modules/better-sqlite3/package.json': '{ "name": "better-sqlite3", "main": "index.js" }',
  'experiments/model.ts': 'export type Model = number',
  'experiments/reads-files.ts': "import 'node:fs'",
  'experiments/uses-service.ts': "import type { Studio } from '../main/studio.ts'; export type S = Studio",
  'experiments/in-a-circle.ts': "import { b } from './in-a-circle-too.ts'; export const a = () => b",
  'experiments/in-a-circle-too.ts': "import { a } from './in-a-circle.ts'; export const b = () => a",
  'main/studio.ts': "import type { Model } from '../experiments/model.ts'; export type Studio = Model",
  'main/opens-window.ts': "import 'electron'",
  'main/runs-engine.ts': "import 'onnxruntime-node'",
  'main/engines/onnx/session.ts': "import 'onnxruntime-node'",
  'main/store/open-store.ts': "import 'better-sqlite3'",
  'renderer/View.svelte': '<script lang="ts">import \'../main/studio.ts\'</script>',
  'renderer/reads-files.ts': "import 'node:fs'",
  'renderer/uses-cli.ts': "import '../app/cli/strata.ts'",
  'renderer/uses-contract.ts': "import '../app/ipc/contract.ts'; import '../experiments/model.ts'",
  'app/cli/strata.ts': "import '../../main/studio.ts'",
  'app/cli/queries.ts': "import 'better-sqlite3'",
  'app/ipc/contract.ts': "import '../../experiments/model.ts'",
  'app/electron/main.ts': "import 'electron'",
}

const forbidden = [
  'experiments-pure: experiments/reads-files.ts → fs',
  'experiments-imports: experiments/uses-service.ts → main/studio.ts',
  'no-cycles: experiments/in-a-circle-too.ts →',
  'only-one-place-for-electron: main/opens-window.ts → node_modules/electron/index.js',
  'only-one-place-for-onnxruntime-node: main/runs-engine.ts → node_modules/onnxruntime-node/index.js',
  'only-one-place-for-better-sqlite3: app/cli/queries.ts → node_modules/better-sqlite3/index.js',
  'renderer-imports: renderer/View.svelte → main/studio.ts',
  'renderer-without-node: renderer/reads-files.ts → fs',
  'renderer-imports: renderer/uses-cli.ts → app/cli/strata.ts',
]

describe('import rules', () => {
  let folder = ''
  let report = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-imports-'))
    for (const [path, text] of Object.entries(tree)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const args = [cruiser, '--config', rules, '--output-type', 'err', 'app', 'main', 'renderer', 'experiments']
    const outcome = await promisify(execFile)(process.execPath, args, { cwd: folder }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (failure: unknown) => failure as { code: number; stdout: string },
    )
    report = outcome.stdout
    expect(outcome.code).toBeGreaterThan(0)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each(forbidden)('%s', (line) => {
    expect(report).toContain(line)
  })

  test('nothing else is reported', () => {
    const named = new Set([...report.matchAll(/error ([\w-]+: \S+ →)/g)].map((match) => match[1]))
    const expected = new Set(forbidden.map((line) => line.slice(0, line.indexOf('→') + 1)))
    expect(named).toEqual(expected)
  })
})
