/**
 * The process in which one engine is asked about this machine: a graphics driver or a library that ends or hangs its process ends or hangs
 * this one. It sends one report and ends.
 */
import { engineNamed } from '../registry.ts'
import { reportEngine } from './report-engine.ts'

const usageExitCode = 64

/** The last arguments are the studio's home folder and the id of the engine. */
export function runEngineProbe(): void {
  if (process.send === undefined) {
    console.error('an engine is looked at by the studio service, not by hand; use "strata doctor"')
    process.exit(usageExitCode)
  }
  process.once('disconnect', () => process.exit(0))
  const [home, id = ''] = process.argv.slice(-2)
  void reportEngine(engineNamed(id, home)).then((report) => process.send?.(report, () => process.exit(0)))
}
