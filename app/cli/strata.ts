/** The command line: parses the words, runs one command as a client of the studio service, and ends with 0, 1 or 2. */
import { CommanderError } from 'commander'
import { StudioError, toErrorRecord, type ErrorRecord, type Issue } from '../../experiments/errors/studio-error.ts'
import { buildProgram } from './program.ts'

const usageExitCode = 2
const failureExitCode = 1

async function main(): Promise<number> {
  const wantsJson = process.argv.includes('--json')
  try {
    const program = buildProgram()
    await program.parseAsync(process.argv)
    return process.exitCode === undefined ? 0 : Number(process.exitCode)
  } catch (fault) {
    if (fault instanceof CommanderError) return reportUsage(fault, wantsJson)
    report(fault, wantsJson)
    return fault instanceof StudioError && fault.code === 'usage' ? usageExitCode : failureExitCode
  }
}

function reportUsage(fault: CommanderError, wantsJson: boolean): number {
  if (fault.exitCode === 0) return 0
  const message = fault.message.replace(/^error: /, '')
  report(new StudioError('usage', message === '(outputHelp)' ? 'a command is needed; see --help' : message), wantsJson)
  return usageExitCode
}

function report(fault: unknown, wantsJson: boolean): void {
  const record = toErrorRecord(fault)
  if (wantsJson) process.stderr.write(`${JSON.stringify({ error: record })}\n`)
  else process.stderr.write(`error ${record.code}: ${record.message}\n${otherIssues(record)}`)
  if (record.code === 'internal' && fault instanceof Error) process.stderr.write(`${fault.stack}\n`)
}

/** The problems behind the first, a line each. */
function otherIssues({ details }: ErrorRecord): string {
  const issues = Array.isArray(details['issues']) ? (details['issues'] as unknown as readonly Issue[]) : []
  return issues
    .slice(1)
    .map(({ code, path, message }) => `  ${code}: ${path === '' ? '' : `${path}: `}${message}\n`)
    .join('')
}

// A reader that leaves early (`strata ... | head`) is no fault.
process.stdout.on('error', () => process.exit(0))
process.exitCode = await main()
