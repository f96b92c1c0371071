import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
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

  it('that a program only says to hold is no lock: the list of the system counts', async () => {
    const listing = (text: string) => ({ program: process.execPath, args: ['-e', `console.log(${text})`] })
    const shows = (listed: string, pid: number) => listed.includes(`lock of ${pid}`)
    const unlisted = { ...repeats, list: { ...listing('"no locks"'), shows } }
    expect((await report('failed', [unlisted])).detail).toContain('has no effect')
    expect(await report('held', [unlisted, repeats])).toMatchObject({ state: 'held' })
    const broken = { ...repeats, list: { program: '/nowhere/list', args: [], shows } }
    expect((await report('failed', [broken])).detail).toContain('ENOENT')
  })

  it('knows a way for each system that the studio runs on', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) expect(awakeCommands(platform)).not.toEqual([])
  })
})

/** A bus and a login manager of the system, the real programs: those that run already, or, for root without them as in a container, some of our own. */
class Logind {
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-logind-'))
  readonly #children: ChildProcess[] = []
  readonly #bus = process.env['DBUS_SYSTEM_BUS_ADDRESS']

  /** False where it cannot be. */
  async start(): Promise<boolean> {
    if (process.platform !== 'linux' || !run('systemd-inhibit', ['--version'])) return false
    if (run('systemd-inhibit', ['--list', '--no-pager'])) return true
    if (process.getuid?.() !== 0 || !fs.existsSync(loginManager)) return false
    const socket = path.join(this.#folder, 'bus')
    const config = path.join(this.#folder, 'bus.conf')
    fs.writeFileSync(
      config,
      `<busconfig><type>system</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth><policy context="default">
        <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>`,
    )
    process.env['DBUS_SYSTEM_BUS_ADDRESS'] = `unix:path=${socket}`
    const bus = this.#spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address'])
    if (!(await Promise.race([once(bus.stdout!, 'data'), once(bus, 'error').then(() => undefined)]))) return false
    this.#spawn(loginManager, [])
    for (let attempt = 0; attempt < 100; attempt++) {
      if (run('busctl', ['--system', 'status', 'org.freedesktop.login1'])) return true
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return false
  }

  stop(): void {
    for (const child of this.#children) child.kill()
    if (this.#bus === undefined) delete process.env['DBUS_SYSTEM_BUS_ADDRESS']
    else process.env['DBUS_SYSTEM_BUS_ADDRESS'] = this.#bus
    fs.rmSync(this.#folder, { recursive: true })
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#children.push(child)
    return child
  }
}

const loginManager = '/lib/systemd/systemd-logind'
const run = (program: string, args: readonly string[]) => spawnSync(program, args, { timeout: 5000 }).status === 0
const listed = () => spawnSync('systemd-inhibit', ['--list', '--no-pager'], { encoding: 'utf8' }).stdout

describe('with the login manager of Linux', () => {
  const logind = new Logind()
  let isThere = false
  beforeAll(async () => (isThere = await logind.start()))
  afterAll(() => logind.stop())

  it('a lock against sleep is in its list while a job trains, and gone afterwards', async ({ skip }) => {
    if (!isThere) skip('no login manager runs, and none can be started here')
    const ours = /^Strata .* (sleep:idle|idle:sleep) .* block$/m
    expect(await report('held', awakeCommands('linux'))).toEqual({ state: 'held', detail: 'systemd-inhibit' })
    expect(listed()).toMatch(ours)
    open[0]!.want(false)
    await expect.poll(listed, { timeout: 10_000 }).not.toMatch(ours)
  })

  it('and none where it does not answer: the reason is told', async ({ skip }) => {
    if (!isThere) skip('no login manager runs, and none can be started here')
    const bus = process.env['DBUS_SYSTEM_BUS_ADDRESS']
    process.env['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=/nowhere/bus'
    try {
      expect((await report('failed', awakeCommands('linux'))).detail).toMatch(/bus|connect/i)
    } finally {
      if (bus === undefined) delete process.env['DBUS_SYSTEM_BUS_ADDRESS']
      else process.env['DBUS_SYSTEM_BUS_ADDRESS'] = bus
    }
  })
})
