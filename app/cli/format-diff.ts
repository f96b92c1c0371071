/** The difference of runs as text: what differs and nothing else. */
import type { NetworkDiff, NodeDiff } from '../../experiments/diff/diff-networks.ts'
import type { RunsDiff } from '../../experiments/diff/diff-runs.ts'
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import { comparisonWords } from '../../experiments/review/comparison-words.ts'
import { verdictText } from '../../experiments/review/verdict-words.ts'
import type { Verdict } from '../../experiments/statistics/verdict.ts'
import { formatCount, formatTable } from './table.ts'

export function formatRunsDiff(diff: RunsDiff): string {
  const heads = diff.runs.map(({ id }) => `run ${id}`)
  const settings = diff.settings.filter(({ isDifferent }) => isDifferent)
  const named = (rows: readonly { readonly name: string; readonly values: readonly (JsonValue | undefined)[] }[]) =>
    formatTable(
      ['', ...heads],
      rows.map(({ name, values }) => [name, ...values.map((value) => valueText(name, value))]),
    )
  const sections: (readonly [string, string])[] = [
    [
      'runs',
      formatTable(
        ['run', 'name', 'network', 'seed'],
        diff.runs.map((run) => [`${run.id}`, run.name, run.network, `${run.seed}`]),
      ),
    ],
    ...diff.networks.map((network, i): [string, string] => [
      `architecture, ${heads[0]} -> ${heads[i + 1]}`,
      formatNetworkDiff(network),
    ]),
    [
      'settings',
      settings.length === 0 ? 'no difference' : named(settings.map(({ path, values }) => ({ name: path, values }))),
    ],
    ['environment', ownOrNothing(diff.environment, named)],
    ['results', named(diff.results.filter(({ values }) => values.some((value) => value !== undefined)))],
    ...diff.verdicts.map((verdict, i): [string, string] => [
      `verdict, ${heads[0]} -> ${heads[i + 1]}`,
      formatVerdict(verdict, diff.runs[i + 1]?.name ?? ''),
    ]),
  ]
  const warnings = diff.warnings.map((warning) => `! ${comparisonWords.en.warnings[warning]}`)
  return [...warnings, ...sections.map(([title, text]) => `${title}\n${indent(text)}`)].join('\n\n')
}

function ownOrNothing<T extends { readonly isDifferent: boolean }>(
  rows: readonly T[],
  format: (rows: readonly T[]) => string,
): string {
  const different = rows.filter(({ isDifferent }) => isDifferent)
  return different.length === 0 ? 'no difference' : format(different)
}

export function formatNetworkDiff({ isSame, nodes, connections, counts, before, after }: NetworkDiff): string {
  if (isSame) return 'no difference'
  const { added, removed, changed, moved, connectionsAdded, connectionsRemoved } = counts
  const summary = [
    `${added} added, ${removed} removed, ${changed} changed, ${moved} moved`,
    `connections: ${connectionsAdded} added, ${connectionsRemoved} removed`,
    `parameters ${change(before.params, after.params)}`,
    `multiply-adds ${change(before.macs, after.macs)}`,
    `activations ${change(before.activationBytes, after.activationBytes)} bytes`,
  ]
  const lines = nodes.filter(({ state, moved: isMoved }) => state !== 'same' || isMoved).map(nodeLine)
  const ways = connections.map(({ state, from, to, via }) => {
    const through = via.length === 0 ? '' : ` through ${via.join(', ')}`
    return `${state === 'added' ? '+' : '-'} ${from} -> ${to}${through}`
  })
  return [...summary, ...lines, ...ways].join('\n')
}

const signs = { added: '+', removed: '-', changed: '~', same: '>' } as const

function nodeLine({ id, state, moved, before, after, changes, delta }: NodeDiff): string {
  const type = (after ?? before)?.type ?? ''
  const values = changes.map(
    ({ name, before: was, after: is }) => `${name} ${JSON.stringify(was)} -> ${JSON.stringify(is)}`,
  )
  const cost = delta.params === 0 ? [] : [`parameters ${signed(delta.params)}`]
  const from = before && after && before.id !== after.id ? [`was ${before.id}`] : []
  return `${signs[state]} ${id} (${type}) ${[...values, ...cost, ...(moved ? ['moved'] : []), ...from].join(', ')}`.trimEnd()
}

function formatVerdict(verdict: Verdict, name: string): string {
  const { title, body } = verdictText(verdict, name, 'en')
  return `${title}\n${body}`
}

function change(before: number, after: number): string {
  if (before === after) return `${formatCount(before)} (same)`
  return `${formatCount(before)} -> ${formatCount(after)} (${signed(after - before)})`
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${formatCount(value)}`
}

function valueText(name: string, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '-'
  if (typeof value === 'number' && name.endsWith('accuracy')) return `${(value * 100).toFixed(2)} %`
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toPrecision(4)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
