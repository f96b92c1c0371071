/** The process that `soak-bench.ts` watches: a studio that trains jobs side by side, as the service does, and says what it takes of memory. */
import { openTestStudio } from '../../studio.fixture.ts'
import type { SoakOrder, SoakReport, SoakSample } from './soak-bench.ts'

process.once('message', (order: SoakOrder) => void soak(order))

async function soak({ home, jobs, steps, spec }: SoakOrder): Promise<void> {
  const studio = await openTestStudio(home)
  const { handlers } = studio
  /** Points that a client of the service would have been sent, as the socket sends them. */
  let rows = 0
  let sentBytes = 0
  let open = jobs
  const ended = new Promise<void>((resolve) => {
    studio.onEvent((event, payload) => {
      sentBytes += JSON.stringify({ event, payload }).length
      if (event === 'run.metrics' && 'points' in payload) rows += payload.points.length
      if (event !== 'run.changed' || !('endedAt' in payload) || payload.endedAt === null) return
      if (--open === 0) resolve()
    })
  })
  const sample = (): SoakSample => {
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { seconds: performance.now() / 1000, rows, rss, heap: heapUsed + external }
  }
  const tell = (message: SoakReport): void => void process.send?.(message)
  const timer = setInterval(() => tell({ type: 'sample', ...sample() }), 1000)
  handlers['queue.configure']({ slots: { cpu: jobs }, keepAwake: false })
  const runs = await handlers['queue.add']({ specs: Array.from({ length: jobs }, () => spec) })
  await ended
  clearInterval(timer)
  tell({ type: 'sample', ...sample() })
  const problems = runs.flatMap(({ id }) => {
    const { status } = handlers['runs.get']({ run: id })
    const losses = handlers['runs.metrics']({ run: id, maxPoints: 10_000_000 }).filter(({ split }) => split === 'train')
    const missing = ['loss', 'learningRate', 'gradientNorm'].filter((name) => {
      const found = losses.find((series) => series.name === name)?.steps ?? []
      return found.length !== steps || found.some((step, index) => step !== index + 1)
    })
    return [
      ...(status === 'finished' ? [] : [`run ${id} is ${status}`]),
      ...missing.map((name) => `run ${id}: ${name} is not whole`),
    ]
  })
  await studio.close()
  process.send?.({ type: 'end', problems, sentBytes } satisfies SoakReport, () => process.exit(0))
}
