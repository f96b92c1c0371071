/** The process in which an engine is asked about this machine; the service starts it. */
import { runEngineProbe } from '../../main/engines/survey/probe-process.ts'

runEngineProbe()
