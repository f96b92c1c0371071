/**
 * How many images a second a network trains on with so many threads: a few steps of random images each, in rounds, so that a disturbance meets
 * all of them. The learning rate is zero; nothing is kept.
 */
import { counterRandom } from '../../experiments/random/counter-random.ts'
import { newBatch } from '../datasets/batch-filler.ts'
import { openSession, type RunSession } from './run-session.ts'
import { openTrainingData } from './training-data.ts'
import type { TrainerJob } from './trainer-protocol.ts'

const rounds = 2
/** A round of each takes so long, or at least one dispatch. */
const roundMs = 300

/** Images a second for each of `threads`, the best round of each. @throws StudioError what opening data or network throws */
export async function measureThreads(job: TrainerJob, threads: readonly number[]): Promise<readonly number[]> {
  const data = await openTrainingData(job.spec, job.home)
  await data.filler.dispose()
  const { batchSize } = job.spec.train
  const batch = newBatch(batchSize, data.input)
  const random = counterRandom({ seed: 1, purpose: 'measure-threads', index: 0 })
  for (let i = 0; i < batch.images.length; i++) batch.images[i] = random.uniform()
  const shape = { input: data.input, classes: data.dataset.classes.length }
  const best = threads.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [index, count] of threads.entries()) {
      const session = await openSession({ ...job, threads: count }, shape, true)
      try {
        best[index] = Math.max(best[index] ?? 0, await imagesPerSecond(session, batch, batchSize))
      } finally {
        await session.dispose()
      }
    }
  }
  return best
}

async function imagesPerSecond(
  session: RunSession,
  batch: ReturnType<typeof newBatch>,
  batchSize: number,
): Promise<number> {
  const steps = session.stepsPerDispatch
  const request = {
    batches: Array.from({ length: steps }, () => batch),
    step: 0,
    learningRates: Array.from({ length: steps }, () => 0),
  }
  // The first call makes what the others use.
  await session.train(request)
  const start = performance.now()
  let images = 0
  do {
    await session.train(request)
    images += steps * batchSize
  } while (performance.now() - start < roundMs)
  return (1000 * images) / (performance.now() - start)
}
