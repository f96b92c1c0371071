/** What a sweep does next: from nothing to its end, from any point again, and when there is no point in going on. */
import { describe, expect, it } from 'vitest'
import { checkSweep } from './check-sweep.ts'
import { isBusy, nextStep, spentEpochs, type SweepSituation, type SweepStep } from './next-step.ts'
import type { SweepTrial } from './sweep-record.ts'
import { parseSweepSpec, type SweepSpecInput } from './sweep-spec.ts'

type Curve = (trial: Pick<SweepTrial, 'number' | 'configuration'>, epoch: number) => number

const base: SweepSpecInput = {
  version: 1,
  name: 'test',
  experiment: {},
  space: [{ name: 'rate', path: 'train.learningRate', range: [0.001, 1], scale: 'log' }],
  search: { type: 'random' },
  fidelity: { type: 'asha', minEpochs: 1, reduction: 3 },
  budget: { trials: 27 },
}
const better: Curve = ({ configuration }, epoch) =>
  0.9 - Math.abs(Math.log10(Number(configuration['rate'])) + 1.5) / 10 - 0.5 / (epoch + 1)

class Simulation {
  trials: SweepTrial[] = []
  readonly steps: SweepStep[] = []
  readonly spec
  private readonly accuracy: Curve
  private readonly maxEpochs: number
  private readonly dies: (number: number) => boolean

  constructor(input: Partial<SweepSpecInput>, accuracy = better, maxEpochs = 27, dies = (_: number) => false) {
    this.spec = parseSweepSpec({ ...base, ...input })
    this.accuracy = accuracy
    this.maxEpochs = maxEpochs
    this.dies = dies
  }

  get situation(): SweepSituation {
    const checked = checkSweep(this.spec, this.maxEpochs)
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues))
    const { spec, maxEpochs, trials } = this
    return { spec, space: checked.space, maxEpochs, trials, checkedFrom: 0 }
  }

  /** Until it ends, or so many steps. */
  run(limit = 100_000): SweepStep {
    for (let i = 0; i < limit; i++) {
      const step = nextStep(this.situation)
      this.steps.push(step)
      if (step.type === 'done' || step.type === 'fail') return step
      if (step.type === 'wait') this.train()
      else this.take(step)
    }
    return { type: 'wait' }
  }

  private take(step: SweepStep): void {
    if (step.type === 'start') {
      const { number, draw, bracket, configuration, epochs } = step
      this.trials = [
        ...this.trials,
        { ...blank, number, draw, bracket, configuration, target: epochs, run: number + 1 },
      ]
    } else if (step.type === 'promote') this.change(step.trial, { state: 'waiting', target: step.epochs })
    else if (step.type === 'stop')
      this.change(step.trial, { state: 'stopped', target: step.verdict.epoch, verdict: step.verdict })
    else if (step.type === 'replicate') {
      const trial = this.trials[step.trial]!
      const accuracy = this.accuracy({ ...trial, number: trial.number + 1000 * step.replicate }, this.maxEpochs)
      const run = {
        run: 0,
        seed: step.replicate,
        status: 'finished',
        epochs: this.maxEpochs,
        seconds: 1,
        loss: 0,
      } as const
      this.change(step.trial, { replicates: [...trial.replicates, { ...run, accuracy }] })
    }
  }

  /** One epoch of the oldest one that may train; at its end it stands at its rung, or is whole. */
  private train(): void {
    const trial = this.trials.find(isBusy)
    if (trial === undefined) throw new Error('it waits for nothing')
    if (this.dies(trial.number)) {
      const error = { code: 'loss-not-finite', message: 'the loss became NaN', details: {} }
      return this.change(trial.number, { state: 'failed', error })
    }
    const epoch = trial.curve.accuracy.length + 1
    const accuracy = [...trial.curve.accuracy, this.accuracy(trial, epoch)]
    const curve = { accuracy, loss: accuracy.map((value) => 1 - value), seconds: accuracy.map(() => 1) }
    const state = epoch < trial.target ? 'running' : epoch === this.maxEpochs ? 'complete' : 'rung'
    this.change(trial.number, { curve, state })
  }

  private change(number: number, change: Partial<SweepTrial>): void {
    this.trials = this.trials.map((trial) => (trial.number === number ? { ...trial, ...change } : trial))
  }
}

const blank: SweepTrial = {
  ...{ number: 0, draw: 0, bracket: 0, configuration: {}, state: 'waiting', target: 0, run: null, replicates: [] },
  curve: { accuracy: [], loss: [], seconds: [] },
  ...{ parameters: 1, multiplyAdds: 1, verdict: null, error: null, inheritedRun: null },
  ...{ createdAt: 0, startedAt: null, endedAt: null },
}

describe('a sweep', () => {
  it('spends the epochs that the theory of successive halving says', () => {
    // The earlier, the better: no promotion is ever overturned.
    const sweep = new Simulation({ budget: { trials: 27 } }, ({ number }) => 1 - number / 100)
    expect(sweep.run()).toEqual({ type: 'done' })
    expect(spentEpochs(sweep.trials, 27)).toBe(27 * 1 + 9 * (3 - 1) + 3 * (9 - 3) + 1 * (27 - 9))
    expect(sweep.trials.filter(({ state }) => state === 'complete').map(({ number }) => number)).toEqual([0])
  })

  it.each(['random', 'tpe', 'gp', 'sobol'] as const)(
    'with %s is the same for the same seed, and goes on the same from any point',
    (type) => {
      const whole = new Simulation({ search: { type }, budget: { trials: 14 } }, better, 9)
      whole.run()
      const again = new Simulation({ search: { type }, budget: { trials: 14 } }, better, 9)
      for (let step = 0; step < whole.steps.length; step++) {
        // Only what the store keeps is taken along.
        again.trials = JSON.parse(JSON.stringify(again.trials)) as SweepTrial[]
        again.run(1)
      }
      expect(again.trials).toEqual(whole.trials)
      const other = new Simulation({ search: { type }, budget: { trials: 14 }, seed: 2 }, better, 9)
      other.run()
      expect(other.trials).not.toEqual(whole.trials)
    },
  )

  it('never spends more epochs than its budget', () => {
    const sweep = new Simulation({ budget: { epochs: 50 } })
    expect(sweep.run()).toEqual({ type: 'done' })
    expect(spentEpochs(sweep.trials, 27)).toBeLessThanOrEqual(50)
    expect(spentEpochs(sweep.trials, 27)).toBeGreaterThan(40)
  })

  it('tries nothing twice, and ends when a space is exhausted', () => {
    const space = [{ name: 'rate', path: 'train.learningRate', values: [0.001, 0.01, 0.1] }]
    for (const type of ['grid', 'random', 'tpe'] as const) {
      const sweep = new Simulation({ space, search: { type }, fidelity: { type: 'none' }, budget: { trials: 50 } })
      expect(sweep.run()).toEqual({ type: 'done' })
      expect(sweep.trials.map(({ configuration }) => configuration['rate']).toSorted()).toEqual([0.001, 0.01, 0.1])
    }
  })

  it('stops what is behind the median, and says why', () => {
    const fidelity = { type: 'median', graceEpochs: 2, minTrials: 3 } as const
    const sweep = new Simulation({ fidelity, budget: { trials: 12 } }, better, 9)
    expect(sweep.run()).toEqual({ type: 'done' })
    const stopped = sweep.trials.filter(({ state }) => state === 'stopped')
    expect(stopped.length).toBeGreaterThan(2)
    for (const { verdict } of stopped) expect(verdict!.best).toBeGreaterThan(verdict!.median)
    expect(sweep.trials.slice(0, 3).every(({ state }) => state === 'complete')).toBe(true)
  })

  it('races: only configurations that can still win get further seeds', () => {
    // Seeds differ by a hundredth, configurations by tenths, but for the best two.
    const accuracy: Curve = ({ number, configuration }) =>
      (number % 1000 < 2 ? 0.9 : 0.9 - Number(configuration['rate'])) - 0.01 * ((number * 7919) % 3)
    const options = {
      fidelity: { type: 'none' } as const,
      budget: { trials: 6 },
      replicates: { count: 4, racing: true },
    }
    const space = [{ name: 'rate', path: 'train.learningRate', values: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6] }]
    const sweep = new Simulation({ ...options, space, search: { type: 'grid' } }, accuracy, 3)
    expect(sweep.run()).toEqual({ type: 'done' })
    const seeds = sweep.trials.map(({ replicates }) => 1 + replicates.length)
    expect(seeds.slice(0, 2).every((count) => count > 1)).toBe(true)
    expect(seeds.slice(2)).toEqual([1, 1, 1, 1])
    const all = new Simulation(
      { ...options, space, search: { type: 'grid' }, replicates: { count: 4, racing: false } },
      accuracy,
      3,
    )
    all.run()
    expect(all.trials.map(({ replicates }) => 1 + replicates.length)).toEqual([4, 4, 4, 4, 4, 4])
  })

  it('ends with the reason and the way out when all trials fail', () => {
    const sweep = new Simulation({}, better, 27, () => true)
    const end = sweep.run()
    expect(end).toMatchObject({ type: 'fail', problem: { code: 'no-trial-succeeded' } })
    expect(end.type === 'fail' && end.problem.message).toMatch(
      /all 5 trials .* Lower the range of the learning rate, and resume/,
    )
    const some = new Simulation({ budget: { trials: 9 } }, better, 27, (number) => number % 2 === 0)
    expect(some.run()).toEqual({ type: 'done' })
  })
})

describe('a sweep that cannot be', () => {
  const issues = (input: Partial<SweepSpecInput>, maxEpochs = 9) => {
    const checked = checkSweep(parseSweepSpec({ ...base, ...input }), maxEpochs)
    return checked.ok ? [] : checked.issues.map(({ path, message }) => `${path}: ${message}`)
  }

  it.each([
    [{ space: [] }, /space: a sweep needs at least one axis/],
    [{ space: [...base.space, { path: 'b', values: [1], when: { axis: 'rate', min: 2 } }] }, /"b" can never exist/],
    [
      { budget: { epochs: 2 }, fidelity: { type: 'none' as const } },
      /budget.epochs: expected at least 9, the epochs of one trial; got 2/,
    ],
    [{ fidelity: { type: 'asha' as const, minEpochs: 9 } }, /fidelity.minEpochs: expected less than 9/],
    [{ objectives: [{ metric: 'parameters' as const }] }, /put accuracy or loss first/],
  ])('%j', (input, message) => {
    expect(issues(input).join('\n')).toMatch(message)
  })

  it('names a metric that no trial reports', () => {
    expect(() => parseSweepSpec({ ...base, objectives: [{ metric: 'f1' }] })).toThrow(/objectives.0.metric/)
    expect(() => parseSweepSpec({ ...base, budget: { trials: 0 } })).toThrow(/budget.trials/)
    expect(() => parseSweepSpec({ ...base, budget: {} })).toThrow(/without either a sweep would never end/)
  })

  it('ends when a trial has reached the target, once what trains stands at its rung', () => {
    const simulation = new Simulation({ parallel: 2, target: 0.65, untilTarget: true, seed: 2 })
    expect(simulation.run()).toEqual({ type: 'done' })
    const reached = simulation.trials.filter(({ curve }) => curve.accuracy.some((accuracy) => accuracy >= 0.65))
    expect(reached.length).toBeGreaterThan(0)
    expect(simulation.trials.some(isBusy)).toBe(false)
    // Without being told to, it would have tried all of them.
    expect(new Simulation({ parallel: 2, target: 0.65, seed: 2 }).run()).toEqual({ type: 'done' })
    expect(simulation.trials.length).toBeLessThan(27)
    expect(() => new Simulation({ untilTarget: true }).situation).toThrow(/names no accuracy/)
  })
})
