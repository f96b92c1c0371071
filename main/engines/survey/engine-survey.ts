/**
 * What the engines of this machine can do, each asked once, when somebody wants to know. Engines that load drivers are asked in processes of
 * their own: what takes such a process along is the reason why the engine is not available, and the service goes on.
 */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { parseOrThrow } from '../../../experiments/schema/parse.ts'
import { askProcess } from '../../processes/ask-process.ts'
import type { ProcessCommand } from '../../processes/process-command.ts'
import type { Engine } from '../engine.ts'
import { engineNamed, enginesOf } from '../registry.ts'
import { engineReport, type EngineReport } from '../../../experiments/engines/engine-report.ts'
import { absentEngine, reportEngine } from './report-engine.ts'

/** Slow disks and cold drivers take seconds; what takes longer hangs. */
const probeMs = 60_000

export interface SurveyOptions {
  readonly probe: ProcessCommand
  /** Folder of the studio, where optional engines are installed. */
  readonly home: string
  /** Default: a minute. */
  readonly probeMs?: number
}

export class EngineSurvey {
  private readonly options: SurveyOptions
  private readonly reports = new Map<string, Promise<EngineReport>>()
  /** What `describe` found the last time; undefined before. */
  latest: readonly EngineReport[] | undefined

  constructor(options: SurveyOptions) {
    this.options = options
  }

  /** All engines, the preferred one first. */
  async describe(): Promise<EngineReport[]> {
    const reports = await Promise.all(enginesOf(this.options.home).map((engine) => this.report(engine)))
    this.latest = reports
    return reports
  }

  /** Of one engine; default: the one of the processor. @throws StudioError `engine-unavailable` for an unknown one */
  reportOf(id: string | undefined): Promise<EngineReport> {
    const { home } = this.options
    const [first] = enginesOf(home)
    return this.report(id === undefined && first ? first : engineNamed(id ?? '', home))
  }

  /** As `describe`, but looks again: something was installed, or plugged in. */
  check(): Promise<EngineReport[]> {
    this.reports.clear()
    return this.describe()
  }

  /** The engine with this id, or the first available one. @throws StudioError `engine-unavailable` with the reason */
  async choose(id: string | undefined): Promise<EngineReport> {
    const { home } = this.options
    const reasons: string[] = []
    // One after the other: nobody waits for a graphics driver who did not ask for it.
    for (const engine of id === undefined ? enginesOf(home) : [engineNamed(id, home)]) {
      const report = await this.report(engine)
      if (report.available) return report
      reasons.push(`${report.title}: ${report.reason ?? 'no reason given'}`)
    }
    const text = reasons.join('; ')
    throw new StudioError('engine-unavailable', `no engine can be used on this machine: ${text}`, { reasons: text })
  }

  /** Looks at an engine in another home folder, where it is being installed. */
  look(id: string, home: string): Promise<EngineReport> {
    return this.probe(engineNamed(id, home), home)
  }

  private report(engine: Engine): Promise<EngineReport> {
    const report = this.reports.get(engine.id) ?? (engine.needsProbe ? this.probe(engine) : reportEngine(engine))
    this.reports.set(engine.id, report)
    return report
  }

  private async probe(engine: Engine, home = this.options.home): Promise<EngineReport> {
    const { probe, probeMs: limitMs = probeMs } = this.options
    const answer = await askProcess(probe, { args: [home, engine.id], limitMs })
    switch (answer.kind) {
      case 'message':
        try {
          return parseOrThrow(engineReport, answer.message, 'report of an engine')
        } catch (error) {
          return absentEngine(engine, error instanceof Error ? error.message : String(error))
        }
      case 'late':
        return absentEngine(engine, `its driver did not answer within ${Math.round(limitMs / 1000)} seconds`)
      case 'not-started':
        return absentEngine(engine, `it could not be looked at: ${answer.reason}`)
      case 'ended':
        return absentEngine(engine, `its driver took the process along: ${answer.reason}`)
    }
  }
}
