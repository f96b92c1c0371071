/**
 * `npm run bench -- zfnet`: from AlexNet to ZFNet on Fashion-MNIST by grid, random search, TPE, and TPE with pausing ASHA: the best accuracy over
 * the compute spent, as multiply-adds of the training steps, and where each reaches the grid's best. The grid takes three values of each axis (of
 * weight decay two), the others search finer ones of the same ranges, from several seeds. Sweeps are decided as the studio decides them;
 * a configuration that several of them try is trained once (trial-table.ts).
 * Options: --limit N images taken (default 2400), --validation S share of them held out (default 0.8), --epochs N (default 27), --seeds N of
 * each searcher (default 8), --first N the first of them (default 1), --share S of the grid's compute that the searchers get (default
 * 0.4), --methods LIST (default random,TPE,TPE + ASHA,TPE per cost + ASHA), --table DIR keeps the trainings; a bench on the same folder goes on
 * with them. --part 1/2 trains half of the grid into the table and ends, for two processes at a time.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { zfnetSweep } from '../../../experiments/recipes/zfnet.ts'
import { permutation } from '../../../experiments/random/counter-random.ts'
import { median } from '../../../experiments/statistics/median.ts'
import { proportionInterval } from '../../../experiments/statistics/proportion-interval.ts'
import { rungEpochs } from '../../../experiments/tuning/fidelity/rung-schedule.ts'
import { gridOf } from '../../../experiments/tuning/searchers/grid-search.ts'
import type { AxisSpecInput } from '../../../experiments/tuning/space/axis-spec.ts'
import { compileSpace } from '../../../experiments/tuning/space/search-space.ts'
import { parseSweepSpec, type SweepSpec, type SweepSpecInput } from '../../../experiments/tuning/sweep-spec.ts'
import { epochCompute, replaySweep, type ReplayPoint } from './replay-sweep.ts'
import { TrialTable } from './trial-table.ts'

const { values: options } = parseArgs({
  options: {
    limit: { type: 'string', default: '2400' },
    validation: { type: 'string', default: '0.8' },
    epochs: { type: 'string', default: '27' },
    seeds: { type: 'string', default: '8' },
    first: { type: 'string', default: '1' },
    share: { type: 'string', default: '0.4' },
    methods: { type: 'string', default: 'random,TPE,TPE + ASHA,TPE per cost + ASHA' },
    table: { type: 'string' },
    part: { type: 'string' },
  },
})
const base = { limit: Number(options.limit), validation: Number(options.validation), epochs: Number(options.epochs) }
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => Number(options.first) + i)
const folder = options.table ?? mkdtempSync(join(tmpdir(), 'strata-zfnet-'))
const examples = base.limit - Math.round(base.limit * base.validation)

/** What a person would lay out: an order of magnitude of the learning rate at a time, twice and half the width. */
const gridValues: Readonly<Record<string, readonly number[]>> = {
  'first filter': [3, 7, 11],
  'first stride': [2, 3, 4],
  'middle width': [0.5, 1, 2],
  'learning rate': [0.001, 0.01, 0.1],
  'weight decay': [0.0001, 0.001],
}
/** The same ranges for the searchers, with finer steps, of which the grid's are some: what one of them trained another need not train again. */
const fineValues: Readonly<Record<string, readonly number[]>> = {
  'first filter': [3, 5, 7, 9, 11],
  'first stride': [2, 3, 4],
  'middle width': [0.5, 0.7, 1, 1.4, 2],
  'learning rate': [0.001, 0.0018, 0.0032, 0.0056, 0.01, 0.018, 0.032, 0.056, 0.1],
  'weight decay': [0.00001, 0.0001, 0.001, 0.01],
}
const methods: Readonly<Record<string, Pick<SweepSpecInput, 'search' | 'fidelity'>>> = {
  random: { search: { type: 'random' }, fidelity: { type: 'none' } },
  TPE: { search: { type: 'tpe' }, fidelity: { type: 'none' } },
  'TPE + ASHA': { search: { type: 'tpe' } },
  'TPE per cost + ASHA': { search: { type: 'tpe', perCost: true } },
}

const gridSpec = sweep(gridValues, { search: { type: 'grid' }, fidelity: { type: 'none' } }, 1)
// All of them are seen where ASHA compares, so that a long training has no more draws of luck than a paused one.
const evaluateAfter = rungEpochs({ minEpochs: 1, reduction: 3, maxEpochs: base.epochs })
const table = new TrialTable({ folder, home: join(folder, 'home'), spec: gridSpec, evaluateAfter })
const limits = { maxEpochs: base.epochs, examples }
say(`${sizeOf(gridSpec)} configurations in the grid, ${sizeOf(sweep(fineValues, {}, 1))} in the searched space; `)
say(
  `${examples} images to train on, ${base.limit - examples} held out, ${base.epochs} epochs; trainings in ${folder}\n`,
)
if (options.part !== undefined) {
  await trainPart(options.part)
  process.exit()
}
const grid = await replaySweep(gridSpec, table, { ...limits, compute: Number.POSITIVE_INFINITY })
const total = grid.at(-1)
if (total === undefined) throw new Error('the grid is empty')
say(`grid: ${total.trials} trials, ${total.epochs} epochs, ${total.compute.toExponential(2)} multiply-adds, `)
say(`best accuracy ${percent(total.best)}\n`)

const orders = 1000
const quantiles = [
  ['95 of 100 orders', 0.05],
  ['median', 0.5],
  ['5 of 100 orders', 0.95],
] as const
const shares = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1].filter((share) => share <= Number(options.share))
await showGrid(total)
for (const name of options.methods.split(',')) {
  const method = methods[name]
  if (method === undefined) throw new Error(`the methods are ${Object.keys(methods).join(', ')}; got ${name}`)
  await compare(name, method, total)
}
say(`${table.trainedEpochs} epochs were trained for all of this\n`)
if (options.table === undefined) rmSync(folder, { recursive: true, force: true })

/** @param part as `2/3`: of three processes that fill one table, what the second one trains */
async function trainPart(part: string) {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(part) ?? []).map(Number)
  if (index === undefined || count === undefined) throw new Error(`--part is as 1/2; got ${part}`)
  const compiled = compileSpace(gridSpec.space)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  for (const [place, configuration] of [...gridOf(compiled.space)].entries()) {
    if (place % count === index - 1) await table.train(compiled.space, configuration, base.epochs)
  }
}

/** The grid's trials in any order: what it has reached by then, whichever axis changes fastest. */
async function showGrid(goal: ReplayPoint) {
  const { space } = gridSpec
  const compiled = compileSpace(space)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  const trials: { readonly compute: number; readonly best: number }[] = []
  for (const configuration of gridOf(compiled.space)) {
    const { accuracy, multiplyAdds } = await table.train(compiled.space, configuration, base.epochs)
    trials.push({ compute: accuracy.length * epochCompute(multiplyAdds, examples), best: Math.max(0, ...accuracy) })
  }
  const rows = Array.from({ length: orders }, (_, index) => {
    const order = permutation(1, 'grid-order', index, trials.length)
    const curve: { readonly compute: number; readonly best: number }[] = []
    for (const place of order) {
      const trial = trials[place] ?? { compute: 0, best: 0 }
      const before = curve.at(-1) ?? { compute: 0, best: 0 }
      curve.push({ compute: before.compute + trial.compute, best: Math.max(before.best, trial.best) })
    }
    return shares.map((share) => curve.findLast(({ compute }) => compute <= share * goal.compute)?.best ?? 0)
  })
  say(`\n${'grid'.padEnd(20)}${shares.map((share) => percent(share, 0).padStart(9)).join('')}\n`)
  for (const [name, at] of quantiles) {
    const cells = shares.map(
      (_, i) => rows.map((row) => row[i] ?? 0).toSorted((a, b) => a - b)[Math.round(at * (orders - 1))],
    )
    say(`${name.padEnd(20)}${cells.map(cell).join('')}\n`)
  }
}

async function compare(name: string, method: Pick<SweepSpecInput, 'search' | 'fidelity'>, goal: ReplayPoint) {
  const compute = Number(options.share) * goal.compute
  say(`\n${name.padEnd(20)}${shares.map((share) => percent(share, 0).padStart(9)).join('')}   grid's best reached at\n`)
  const rows: (readonly (number | undefined)[])[] = []
  const reached: number[] = []
  for (const seed of seeds) {
    const points = await replaySweep(sweep(fineValues, method, seed), table, { ...limits, compute })
    const best = shares.map((share) => points.findLast((point) => point.compute <= share * goal.compute)?.best)
    const at = points.find((point) => point.best >= goal.best)
    rows.push(best)
    reached.push(at === undefined ? Number.POSITIVE_INFINITY : at.compute / goal.compute)
    const end = at === undefined ? 'not yet' : percent(at.compute / goal.compute, 1)
    say(`seed ${String(seed).padEnd(15)}${best.map(cell).join('')}   ${end} (${points.at(-1)?.trials ?? 0} trials)\n`)
  }
  const columns = shares.map((_, i) => rows.map((row) => row[i] ?? 0))
  say(
    `${'median'.padEnd(20)}${columns.map((column) => cell(median(column))).join('')}   ${percent(median(reached), 1)}\n`,
  )
  const within = reached.filter((share) => share <= 0.2).length
  const { low, high } = proportionInterval(within, seeds.length)
  say(`grid's best within a fifth of its compute: ${within} of ${seeds.length} seeds `)
  say(`(95 % interval of the share ${percent(low, 0)} to ${percent(high, 0)})\n`)
}

function sweep(
  values: Readonly<Record<string, readonly number[]>>,
  method: Pick<SweepSpecInput, 'search' | 'fidelity'>,
  seed: number,
): SweepSpec {
  const spec = zfnetSweep({ ...base, ...method, seed, budget: { trials: 100_000 } })
  const space = spec.space.map(({ range: _, scale: __, points: ___, ...axis }): AxisSpecInput => {
    const listed = values[axis.name ?? '']
    if (listed === undefined) throw new Error(`the benchmark has no values for the axis ${axis.name}`)
    return { ...axis, values: [...listed] }
  })
  return parseSweepSpec({ ...spec, space })
}

function sizeOf({ space }: SweepSpec): number {
  const compiled = compileSpace(space)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return [...gridOf(compiled.space)].length
}

function cell(accuracy: number | undefined): string {
  return (accuracy === undefined ? '-' : percent(accuracy)).padStart(9)
}

function percent(share: number, digits = 2): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(digits)} %` : 'not yet'
}

function say(text: string): void {
  process.stdout.write(text)
}
