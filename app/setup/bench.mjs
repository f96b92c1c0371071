/**
 * `npm run bench [-- ARGS]`: `strata bench --peer pytorch ARGS`, training throughput against a peer of the same run. `npm run bench -- code
 * [FILTER]`: the small benchmarks beside the code. `npm run bench -- augmentation`: our augmentation against torchvision and Albumentations. `npm run
 * bench -- waiting`: how long a training waits for its data. `npm run bench -- import`: memory and time of a million images; `sanitize`: the native code under sanitizers. `npm run bench:search`: our searchers against Optuna. `npm run bench -- zfnet`: accuracy over
 * compute of grid, random search, TPE and TPE with ASHA. `npm run bench -- soak`: four jobs report a million metric rows; what the service's memory does.
 * They print ratios and figures, never verdicts.
 */
import { join } from 'node:path'
import { buildIfChanged } from './build-if-changed.mjs'
import { prepare } from './prepare.mjs'
import { root } from './paths.mjs'
import { run } from './processes.mjs'
import { runScript } from './terminal.mjs'

await runScript(async () => {
  const [first, ...rest] = process.argv.slice(2)
  if (first === 'code') {
    const { node } = await prepare({ data: true })
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    return run(node, [vitest, 'bench', '--run', '--config', '.config/vitest.config.ts', ...rest])
  }
  if (first === 'search') {
    const { node } = await prepare()
    return run(node, [join(root, 'main', 'tuning', 'bench', 'search-bench.ts'), ...rest])
  }
  if (first === 'zfnet') {
    const { node } = await prepare({ data: true })
    return run(node, [join(root, 'main', 'tuning', 'bench', 'zfnet-bench.ts'), ...rest])
  }
  if (first !== undefined && ['augmentation', 'waiting', 'import', 'sanitize'].includes(first)) {
    const { node } = await prepare()
    return run(node, ['--expose-gc', join(root, 'main', 'datasets', 'bench', `${first}-bench.ts`), ...rest])
  }
  if (first === 'soak') {
    const { node } = await prepare()
    return run(node, [join(root, 'main', 'queue', 'bench', 'soak-bench.ts'), ...rest])
  }
  const { node } = await prepare()
  await buildIfChanged(node)
  const program = join(root, 'out', 'node', 'strata.mjs')
  return run(node, ['--enable-source-maps', program, 'bench', '--peer', 'pytorch', ...process.argv.slice(2)])
})
