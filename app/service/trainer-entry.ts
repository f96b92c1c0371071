/** The process that trains one run; the service starts it and talks to it over its channel. */
import { runTrainerProcess } from '../../main/trainer/trainer-process.ts'

runTrainerProcess()
