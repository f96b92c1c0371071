/**
 * Keeps the machine awake while a job trains, also when no window is open: a small program of the system holds a lock for as long as its child
 * lives, and the child, which repeats its input, lives for as long as this process does. The line that comes back says that the lock is held.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import type { AwakeReport } from '../../experiments/queue/job-record.ts'

export interface AwakeCommand {
  readonly program: string
  readonly args: readonly string[]
}

/** What the system offers, the best first. On Windows the repeating child is the program itself. */
export function awakeCommands(platform: NodeJS.Platform): readonly AwakeCommand[] {
  const who = ['--who=Strata', '--why=A network is being trained', '--mode=block', 'cat']
  switch (platform) {
    case 'linux':
      // Not every session may block sleep; keeping it from falling asleep by itself is what counts.
      return [
        { program: 'systemd-inhibit', args: ['--what=idle:sleep', ...who] },
        { program: 'systemd-inhibit', args: ['--what=idle', ...who] },
      ]
    case 'darwin':
      return [{ program: 'caffeinate', args: ['-i', 'cat'] }]
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

export class KeepAwake {
  private readonly commands: readonly AwakeCommand[]
  private readonly onChange: () => void
  private child: ChildProcess | undefined
  private report: AwakeReport = { state: 'off', detail: null }
  private wanted = false

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
    child.stdout.once('data', () => {
      if (this.child === child) this.tell({ state: 'held', detail: command.program })
    })
    const failed = (reason: string): void => {
      if (this.child !== child) return
      this.child = undefined
      this.hold(attempt + 1, reason)
    }
    child.once('error', (error) => failed(`${command.program}: ${error.message}`))
    child.once('close', (code) => failed(complaint.trim() || `${command.program} ended with exit code ${code}`))
    // One that is gone already says so by `close`.
    child.stdin.on('error', () => undefined)
    child.stdin.write('held\n')
  }

  private tell(report: AwakeReport): void {
    this.report = report
    this.onChange()
  }
}
