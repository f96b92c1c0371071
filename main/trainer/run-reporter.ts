/** Gathers what happens at each step and tells the service a few times a second, with the speed and the time left. */
import type { MetricPoint, MetricSplit } from '../../experiments/runs/metric.ts'
import type { FromTrainer } from './trainer-protocol.ts'

const reportIntervalMs = 200
/** Weight of the newest interval in the smoothed time of a step. */
const smoothing = 0.3

export class RunReporter {
  private readonly send: (message: FromTrainer) => void
  private readonly total: { readonly steps: number; readonly batchSize: number; readonly stepsPerEpoch: number }
  private points: MetricPoint[] = []
  private lastReport = performance.now()
  private stepsSince = 0
  private secondsSince = 0
  private secondsPerStep: number | undefined
  private secondsPerValidation = 0

  constructor(
    send: (message: FromTrainer) => void,
    total: { readonly steps: number; readonly batchSize: number; readonly stepsPerEpoch: number },
  ) {
    this.send = send
    this.total = total
  }

  /** Takes one number; one that is not finite is not a point of a curve. */
  add(split: MetricSplit, name: string, step: number, value: number): void {
    if (Number.isFinite(value)) this.points.push({ split, name, step, value, at: Date.now() })
  }

  /** After each dispatch; `seconds` it took for `steps`. */
  trained(at: { readonly epoch: number; readonly step: number }, steps: number, seconds: number): void {
    this.stepsSince += steps
    this.secondsSince += seconds
    if (performance.now() - this.lastReport >= reportIntervalMs) this.flush(at)
  }

  validated(seconds: number): void {
    this.secondsPerValidation = seconds
  }

  /** Tells everything gathered so far. */
  flush(at: { readonly epoch: number; readonly step: number }): void {
    this.updateSpeed()
    this.lastReport = performance.now()
    const { batchSize } = this.total
    const seconds = this.secondsPerStep
    const progress = {
      ...at,
      imagesPerSecond: seconds === undefined ? null : batchSize / seconds,
      secondsLeft: seconds === undefined ? null : this.secondsLeft(at.step, seconds),
    }
    this.send({ type: 'metrics', points: this.points, progress })
    this.points = []
  }

  private secondsLeft(step: number, secondsPerStep: number): number {
    const stepsLeft = this.total.steps - step
    return stepsLeft * secondsPerStep + Math.ceil(stepsLeft / this.total.stepsPerEpoch) * this.secondsPerValidation
  }

  private updateSpeed(): void {
    if (this.stepsSince === 0) return
    const latest = this.secondsSince / this.stepsSince
    const before = this.secondsPerStep ?? latest
    this.secondsPerStep = before + smoothing * (latest - before)
    this.stepsSince = 0
    this.secondsSince = 0
  }
}
