/** A trainer process for tests of this folder and of ../queue; the application has its own entry of the same one line. */
import { runTrainerProcess } from './trainer-process.ts'

runTrainerProcess()
