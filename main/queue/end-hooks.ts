/**
 * What the user wants done at the end of a run or of the queue: a command of the system, a message to an address. Neither holds anything up,
 * and what goes wrong is told.
 */
import { spawn } from 'node:child_process'
import type { EndHook } from '../../experiments/queue/queue-settings.ts'

/** Told to a command by variables of its environment, to an address as JSON. */
export interface EndNews {
  readonly event: 'run-ended' | 'queue-ended'
  readonly run?: number
  readonly name?: string
  readonly status?: string
  readonly accuracy?: number | null
}

const commandTimeoutMs = 60_000
const webhookTimeoutMs = 15_000

/** Resolves with what went wrong, in words; with nothing when all is well. */
export async function runEndHook({ command, webhook }: EndHook, news: EndNews): Promise<string | null> {
  const problems = await Promise.all([
    command === null ? null : runCommand(command, news),
    webhook === null ? null : post(webhook, news),
  ])
  return problems.filter((problem) => problem !== null).join('; ') || null
}

function runCommand(command: string, news: EndNews): Promise<string | null> {
  const told = Object.entries(news).map(([key, value]) => [`STRATA_${key.toUpperCase()}`, String(value ?? '')])
  return new Promise((resolve) => {
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
      timeout: commandTimeoutMs,
      env: { ...process.env, ...(Object.fromEntries(told) as Record<string, string>) },
    })
    let complaint = ''
    child.stderr.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-500)))
    child.once('error', (error) => resolve(`${command}: ${error.message}`))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : `${command}: ended with ${signal ?? `exit code ${code}`} ${complaint.trim()}`.trim()),
    )
  })
}

async function post(webhook: string, news: EndNews): Promise<string | null> {
  try {
    const response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(news),
      redirect: 'error',
      signal: AbortSignal.timeout(webhookTimeoutMs),
    })
    await response.body?.cancel()
    return response.ok ? null : `${webhook}: answered ${response.status} ${response.statusText}`.trim()
  } catch (error) {
    const { message, cause } = error as Error
    return `${webhook}: ${cause instanceof Error ? cause.message : message}`
  }
}
