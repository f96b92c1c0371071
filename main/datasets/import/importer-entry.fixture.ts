/** An importer process for tests; the application has its own entry of the same one line. */
import { runImporterProcess } from './importer-process.ts'

runImporterProcess()
