/** Writes metrics without end until it is killed, and reports on standard output which step it handed to the store, and when. */
import { openStore } from './open-store.ts'
import { exampleRun } from './run.fixture.ts'

const store = openStore(process.argv[2] ?? '')
const run = store.runs.add(exampleRun())
let step = 0
setInterval(() => {
  for (let i = 0; i < 5; i++) {
    step += 1
    store.metrics.append(run, [{ split: 'train', name: 'loss', step, value: 1 / step, at: Date.now() }])
  }
  process.stdout.write(`${step} ${Date.now()}\n`)
}, 10)
