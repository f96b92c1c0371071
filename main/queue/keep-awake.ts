/**
 * Keeps the machine awake while a job trains, also when no window is open: a small program of the system holds a lock for as long as its child
 * lives, and the child, which repeats its input, lives for as long as this process does. The line that comes back says that it runs; that the lock
 * is there is what the system's own list of locks says, which is asked then and from time to time.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import type { AwakeReport } from '../../experiments/queue/job-record.ts'

export interface AwakeCommand {
  readonly program: string
  readonly args: readonly string[]
  /** What lists the locks of the system, and whether that of our process is among them. Without it the program's word counts. */
  readonly list?: {
    readonly program: string
    readonly args: readonly string[]
    readonly shows: (listed: string, pid: number) => boolean
  }
}

/** What the system offers, the best first. On Windows the repeating child is the program itself. */
export function awakeCommands(platform: NodeJS.Platform): readonly AwakeCommand[] {
  const isListed = (listed: string, pid: number): boolean => new RegExp(`\\b${pid}\\b`).test(listed)
  const logind = { program: 'systemd-inhibit', args: ['--list', '--no-pager'], shows: isListed }
  const who = ['--who=Strata', '--why=A network is being trained', '--mode=block', 'cat']
  switch (platform) {
    case 'linux':
      // Not every session may block sleep; keeping it from falling asleep by itself is what counts.
      return [
        { program: 'systemd-inhibit', args: ['--what=idle:sleep', ...who], list: logind },
        { program: 'systemd-inhibit', args: ['--what=idle', ...who], list: logind },
      ]
    case 'darwin':
      return [
        {
          program: 'caffeinate',
          args: ['-i', 'cat'],
          list: { program: 'pmset', args: ['-g', 'assertions'], shows: isListed },
        },
      ]
    case 'win32':
      return [{ program: 'powershell.exe', args: ['-NoProfile', '-NonInteractive', '-Command', windowsScript] }]
    default:
      return []
  }
}

const windowsScript = `
$kernel = Add-Type -PassThru -Namespace Strata -Name Power -MemberDefinition '[DllImport("kernel32.dll")] public static extern uint SetThreadExecutionState(uint state);'
if ($kernel::SetThreadExecutionState(2147483649) -eq 0) { exit 1 }
while ($null -ne ($line = [Console]::In.ReadLine())) { [Console]::Out.WriteLine($line) }`

const listTimeoutMs = 10_000
/** How often the lock is looked for again while it is held: the program that keeps the list may have been restarted. */
const lookAgainMs = 5 * 60_000

export class KeepAwake {
  private readonly commands: readonly AwakeCommand[]
  private readonly onChange: () => void
  private child: ChildProcess | undefined
  private report: AwakeReport = { state: 'off', detail: null }
  private wanted = false
  private nextLook: NodeJS.Timeout | undefined

  constructor(onChange: () => void, commands = awakeCommands(process.platform)) {
    this.onChange = onChange
    this.commands = commands
  }

  get current(): AwakeReport {
    return this.report
  }

  want(wanted: boolean): void {
    if (wanted === this.wanted) return
    this.wanted = wanted
    if (wanted) this.hold(0, 'this system has no program for it')
    else {
      clearTimeout(this.nextLook)
      this.child?.stdin?.end()
      this.child = undefined
      this.tell({ state: 'off', detail: null })
    }
  }

  private hold(attempt: number, problem: string): void {
    const command = this.commands[attempt]
    if (!command) return this.tell({ state: 'failed', detail: problem })
    const child = spawn(command.program, command.args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
    this.child = child
    let complaint = ''
    child.stderr.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-500)))
    child.stdout.once('data', () => void this.look(command, child, failed))
    const failed = (reason: string): void => {
      if (this.child !== child) return
      this.child = undefined
      clearTimeout(this.nextLook)
      child.stdin.end()
      this.hold(attempt + 1, reason)
    }
    child.once('error', (error) => failed(`${command.program}: ${error.message}`))
    child.once('close', (code) => failed(complaint.trim() || `${command.program} ended with exit code ${code}`))
    // One that is gone already says so by `close`.
    child.stdin.on('error', () => undefined)
    child.stdin.write('held\n')
  }

  /** Whether the system knows of the lock; asks again later while it is held. */
  private async look(command: AwakeCommand, child: ChildProcess, failed: (reason: string) => void): Promise<void> {
    const problem = await missingLock(command, child.pid ?? 0)
    if (this.child !== child) return
    if (problem !== null) return failed(problem)
    if (this.report.state !== 'held') this.tell({ state: 'held', detail: command.program })
    this.nextLook = setTimeout(() => void this.look(command, child, failed), lookAgainMs)
    this.nextLook.unref()
  }

  private tell(report: AwakeReport): void {
    this.report = report
    this.onChange()
  }
}

/** Why a lock that a program says to hold has no effect; null where it has. */
function missingLock({ program, list }: AwakeCommand, pid: number): Promise<string | null> {
  if (!list) return Promise.resolve(null)
  return new Promise((resolve) => {
    execFile(list.program, [...list.args], { timeout: listTimeoutMs, windowsHide: true }, (error, listed) => {
      if (error) resolve(`${list.program}: ${error.message}`)
      else if (list.shows(listed, pid)) resolve(null)
      else resolve(`${program} runs, but the system's list of locks does not have it; it has no effect`)
    })
  })
}
