import { runBenchWorker } from './bench-worker.ts'

await runBenchWorker()
