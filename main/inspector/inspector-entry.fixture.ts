/** An inspector process for tests; the application has its own entry of the same one line. */
import { runInspectorProcess } from './inspector-process.ts'

runInspectorProcess()
