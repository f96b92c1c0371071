import { afterEach, describe, expect, it } from 'vitest'
import type { AwakeReport } from '../../experiments/queue/job-record.ts'
import { awakeCommands, KeepAwake, type AwakeCommand } from './keep-awake.ts'

const open: KeepAwake[] = []
afterEach(() => open.splice(0).forEach((awake) => awake.want(false)))

/** Resolves with the first report of this state. */
function report(state: AwakeReport['state'], commands: readonly AwakeCommand[]): Promise<AwakeReport> {
  return new Promise((resolve) => {
    const awake = new KeepAwake(() => awake.current.state === state && resolve(awake.current), commands)
    open.push(awake)
    awake.want(true)
  })
}

const repeats = { program: process.execPath, args: ['-e', 'process.stdin.pipe(process.stdout)'] }
const refuses = { program: process.execPath, args: ['-e', 'console.error("no bus"); process.exit(3)'] }

describe('keeping the machine awake', () => {
  it('is held once the program of the system says so, and let go', async () => {
    expect(await report('held', [repeats])).toEqual({ state: 'held', detail: process.execPath })
    open[0]!.want(false)
    expect(open[0]!.current.state).toBe('off')
  })

  it('takes the next way where one is refused, and says why where none works', async () => {
    expect(await report('held', [refuses, repeats])).toMatchObject({ state: 'held' })
    expect(await report('failed', [refuses])).toEqual({ state: 'failed', detail: 'no bus' })
    expect(await report('failed', [{ program: '/nowhere/inhibit', args: [] }])).toMatchObject({
      detail: expect.stringContaining('ENOENT') as string,
    })
    expect((await report('failed', [])).state).toBe('failed')
  })

  it('knows a way for each system that the studio runs on', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) expect(awakeCommands(platform)).not.toEqual([])
  })
})
