/** The process that evaluates networks and looks inside of them; the service starts it and talks to it over its channel. */
import { runInspectorProcess } from '../../main/inspector/inspector-process.ts'

runInspectorProcess()
