/**
 * What set-up shows: one line per step, with a bar while it runs in a terminal and plain lines in a log.
 * Everything goes to stderr, so that `strata --json` keeps stdout for its results.
 */
const out = process.stderr
const isTerminal = out.isTTY && process.env['TERM'] !== 'dumb'
const plain = !isTerminal || process.env['NO_COLOR'] !== undefined
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** @param {number} code @param {string} text */
const paint = (code, text) => (plain ? text : `\u001b[${code}m${text}\u001b[0m`)

/** @param {string} text */
export const bold = (text) => paint(1, text)

/** @param {string} text */
export const say = (text) => void out.write(`${text}\n`)

/** @param {string} text */
export const warn = (text) => say(`${paint(33, '!')} ${text}`)

/** An expected failure of set-up: shown as its message, without a stack. */
export class SetupError extends Error {
  /** @param {string} message what went wrong and what to do about it */
  constructor(message) {
    super(message)
    this.name = 'SetupError'
  }
}

/**
 * Runs an entry script: an expected failure becomes a message and exit code 1.
 * @param {() => Promise<number | void>} body the exit code, 0 if nothing is returned
 */
export async function runScript(body) {
  try {
    process.exitCode = (await body()) ?? 0
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    say(`\n${paint(31, '✗')} ${error.message}`)
    process.exitCode = 1
  }
}

/** @param {number} milliseconds */
export function formatDuration(milliseconds) {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** @param {number} bytes */
export const formatMebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`

/**
 * A step that takes a while. `report` gives it a share done (0 to 1, or null if unknown) and a short note.
 * @template T
 * @param {string} title
 * @param {(report: (share: number | null, note?: string) => void) => Promise<T>} body
 * @param {(result: T) => string} [summary] what to show behind the title at the end
 * @returns {Promise<T>}
 */
export async function step(title, body, summary) {
  const started = Date.now()
  /** @type {number | null} */
  let share = null
  let note = ''
  let frame = 0
  let lastQuarter = 0
  const draw = () => {
    const width = Math.max(20, out.columns || 80)
    const filled = Math.round((share ?? 0) * 24)
    const bar = share === null ? '' : ` ${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${Math.floor(share * 100)} %`
    const line = `${frames[frame++ % frames.length]} ${title}${bar}${note ? `  ${note}` : ''}`
    out.write(`\r\u001b[2K${line.slice(0, width - 1)}`)
  }
  /** @type {(share: number | null, note?: string) => void} */
  const report = (newShare, newNote) => {
    share = newShare === null ? null : Math.min(1, Math.max(0, newShare))
    note = newNote ?? note
    const quarter = Math.floor((share ?? 0) * 4)
    if (!isTerminal && quarter > lastQuarter && quarter < 4) {
      lastQuarter = quarter
      say(`  ${title}: ${quarter * 25} %${note ? ` (${note})` : ''}`)
    }
  }
  if (!isTerminal) say(`- ${title}`)
  const timer = isTerminal ? setInterval(draw, 100) : undefined
  /** @param {string} mark @param {string} end */
  const close = (mark, end) => {
    clearInterval(timer)
    if (isTerminal) out.write('\r\u001b[2K')
    say(`${mark} ${title}${end} (${formatDuration(Date.now() - started)})`)
  }
  try {
    const result = await body(report)
    const text = summary?.(result)
    close(paint(32, '✓'), text ? `: ${text}` : '')
    return result
  } catch (error) {
    close(paint(31, '✗'), ' failed')
    throw error
  }
}
