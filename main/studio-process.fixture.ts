/**
 * A studio as a process of its own: starts a run where there is none, and kills itself, as the system would, at a moment of it: `step N` when a step after N was
 * recorded, `epoch N` when that epoch was, `running` or `finished` when the run became so, `remove` right before the first superseded checkpoint is removed.
 */
import { systemFiles } from './files/file-operations.ts'
import { openTestStudio, smallExperiment } from './studio.fixture.ts'

const [, , home = '', moment = 'step', count = '0', spec] = process.argv
function dieAt(name: string, isTime = true): void {
  if (name === moment && isTime) process.kill(process.pid, 'SIGKILL')
}

const studio = await openTestStudio(home, {
  files: {
    ...systemFiles,
    remove(file) {
      dieAt('remove')
      systemFiles.remove(file)
    },
  },
})
studio.onEvent((event, payload) => {
  if (event === 'run.metrics' && 'points' in payload) {
    dieAt(
      'step',
      payload.points.some(({ step }) => step > Number(count)),
    )
  }
  if (event === 'run.epoch' && 'result' in payload) dieAt('epoch', payload.result.epoch === Number(count))
  if (event === 'run.changed' && 'status' in payload) dieAt(payload.status)
})
if (studio.handlers['runs.list']().length === 0) {
  await studio.handlers['runs.start']({ spec: spec === undefined ? smallExperiment : JSON.parse(spec) })
}
