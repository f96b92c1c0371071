/**
 * `npm run bench -- zfnet`: from AlexNet to ZFNet on Fashion-MNIST by grid, random search, TPE, and TPE with pausing ASHA: the best accuracy over
 * the compute spent, as multiply-adds of the training steps. Prints where each reaches the grid's best. The grid takes a few values of each axis, see
 * the options; the others search the whole ranges.
 * Options: --limit N images (default 6000), --epochs N (default 9), --kernels LIST (default 3,7,11), --points N (default 3), --decays N
 * (default 1), --home DIR to keep the runs. Its first argument is the command line's program.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { SweepDetail } from '../../../experiments/tuning/sweep-record.ts'
import { zfnetSweep } from '../../../experiments/recipes/zfnet.ts'
import { gridOf } from '../../../experiments/tuning/searchers/grid-search.ts'
import { compileSpace } from '../../../experiments/tuning/space/search-space.ts'
import { parseSweepSpec, type SweepSpecInput } from '../../../experiments/tuning/sweep-spec.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '6000' },
    epochs: { type: 'string', default: '9' },
    kernels: { type: 'string', default: '3,7,11' },
    points: { type: 'string', default: '3' },
    decays: { type: 'string', default: '1' },
    home: { type: 'string' },
  },
})
const [program = ''] = positionals
const home = options.home ?? mkdtempSync(join(tmpdir(), 'strata-zfnet-'))
const base = { limit: Number(options.limit), epochs: Number(options.epochs) }

interface Curve {
  readonly name: string
  readonly trials: number
  readonly epochs: number
  /** After each epoch: multiply-adds so far, best accuracy so far. */
  readonly points: readonly { readonly compute: number; readonly best: number }[]
}

const grid = gridSweep()
const gridSize = sizeOf(grid)
const epochBudget = gridSize * base.epochs
const methods: readonly { readonly name: string; readonly spec: SweepSpecInput }[] = [
  { name: 'grid', spec: grid },
  { name: 'random', spec: zfnetSweep({ ...base, ...whole('random') }) },
  { name: 'TPE', spec: zfnetSweep({ ...base, ...whole('tpe') }) },
  {
    name: 'TPE + ASHA',
    spec: zfnetSweep({ ...base, search: { type: 'tpe' }, budget: { epochs: epochBudget } }),
  },
]

process.stdout.write(`${gridSize} configurations in the grid, ${epochBudget} epochs for each method; runs in ${home}\n`)
const curves: Curve[] = []
for (const { name, spec } of methods) {
  const curve = await runSweep(name, spec)
  curves.push(curve)
  const last = curve.points.at(-1)
  process.stdout.write(
    `${name.padEnd(12)} ${String(curve.trials).padStart(4)} trials ${String(curve.epochs).padStart(5)} epochs ` +
      `${(last?.compute ?? 0).toExponential(2)} multiply-adds, best accuracy ${percent(last?.best ?? 0)}\n`,
  )
}
report(curves)
await strata(['service', 'stop', '--force'])
if (options.home === undefined) rmSync(home, { recursive: true, force: true })

function whole(type: 'random' | 'tpe') {
  return { search: { type }, fidelity: { type: 'none' } as const, budget: { trials: gridSize } }
}

function gridSweep(): SweepSpecInput {
  const spec = zfnetSweep({
    ...base,
    search: { type: 'grid' },
    fidelity: { type: 'none' },
    budget: { trials: 100_000 },
  })
  return {
    ...spec,
    space: spec.space.map((axis) => {
      if (axis.name === 'first filter') return { ...axis, values: options.kernels.split(',').map(Number) }
      if (axis.values !== undefined) return axis
      return { ...axis, points: Number(axis.name === 'weight decay' ? options.decays : options.points) }
    }),
  }
}

function sizeOf(input: SweepSpecInput): number {
  const compiled = compileSpace(parseSweepSpec(input).space)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return [...gridOf(compiled.space)].length
}

async function runSweep(name: string, spec: SweepSpecInput): Promise<Curve> {
  const file = join(home, 'sweep.json')
  writeFileSync(file, JSON.stringify(spec))
  const lines = (await strata(['sweep', 'run', file])).trim().split('\n')
  const { sweep } = JSON.parse(lines[0] ?? '{}') as { sweep: number }
  const detail = JSON.parse(await strata(['sweep', 'show', String(sweep)])) as SweepDetail
  return curveOf(name, detail)
}

/** One trial trains at a time, so the decisions tell the order of all epochs. */
function curveOf(name: string, { trials, decisions, spent, facts }: SweepDetail): Curve {
  const images = base.limit - facts.heldOut
  let [compute, best] = [0, 0]
  const points: { compute: number; best: number }[] = []
  for (const { type, trial: number, data } of decisions) {
    const trial = trials.find((candidate) => candidate.number === number)
    if (trial === undefined || (type !== 'started' && type !== 'promoted')) continue
    const [from, to] = type === 'started' ? [0, Number(data['epochs'])] : [Number(data['from']), Number(data['to'])]
    for (const accuracy of trial.curve.accuracy.slice(from, to)) {
      compute += 3 * images * (trial.multiplyAdds ?? 0)
      best = Math.max(best, accuracy)
      points.push({ compute, best })
    }
  }
  return { name, trials: spent.trials, epochs: points.length, points }
}

function report(all: readonly Curve[]): void {
  const [gridCurve] = all
  const total = gridCurve?.points.at(-1)
  if (total === undefined) return
  const shares = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1]
  process.stdout.write(`\nbest accuracy at a share of the grid's compute\n`)
  process.stdout.write(`${''.padEnd(12)}${shares.map((share) => percent(share).padStart(10)).join('')}\n`)
  for (const { name, points } of all) {
    const cells = shares.map((share) => points.findLast(({ compute }) => compute <= share * total.compute)?.best)
    process.stdout.write(
      `${name.padEnd(12)}${cells.map((best) => (best === undefined ? '-' : percent(best)).padStart(10)).join('')}\n`,
    )
  }
  process.stdout.write(`\nshare of the grid's compute until its best accuracy (${percent(total.best)}) is reached\n`)
  for (const { name, points } of all) {
    const reached = points.find(({ best }) => best >= total.best)
    process.stdout.write(`${name.padEnd(12)}${reached ? percent(reached.compute / total.compute) : 'not reached'}\n`)
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function strata(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, '--home', home, '--json', ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`strata ${words.join(' ')}: exit ${code}`)),
    )
  })
}
