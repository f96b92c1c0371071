/** A probe process for tests; the application has its own entry of the same one line. */
import { runEngineProbe } from './probe-process.ts'

runEngineProbe()
