/** A studio as a process of its own: starts one run and kills itself, as the system would, when a step after the given one is reported. */
import { openTestStudio, smallExperiment } from './studio.fixture.ts'

const [, , home = '', lastStep = '0'] = process.argv
const studio = await openTestStudio(home)
studio.onEvent((event, payload) => {
  if (event !== 'run.metrics' || !('points' in payload)) return
  if (payload.points.some(({ step }) => step > Number(lastStep))) process.kill(process.pid, 'SIGKILL')
})
await studio.handlers['runs.start']({ spec: smallExperiment })
