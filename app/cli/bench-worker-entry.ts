/** The process in which the benchmark trains one network on one of our engines; `strata bench` starts it. */
import { runBenchWorker } from '../../main/engines/bench/bench-worker.ts'

await runBenchWorker()
