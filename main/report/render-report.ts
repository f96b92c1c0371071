/**
 * A report of runs as one HTML file that opens anywhere and for ever: no script, nothing from outside, and a policy in its head that would stop
 * either. Everything that people or files named is escaped.
 */
import { createHash } from 'node:crypto'
import { diffRuns, type DiffWarning, type RunsDiff, type ValueDiff } from '../../experiments/diff/diff-runs.ts'
import type { NetworkDiff, NodeDiff } from '../../experiments/diff/diff-networks.ts'
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import type { EvaluationReport } from '../../experiments/evaluation/evaluation-record.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { drawNetwork, type Mark } from '../../experiments/picture/draw-network.ts'
import { pictureColours } from '../../experiments/picture/picture-colours.ts'
import { pictureToSvg } from '../../experiments/picture/picture-to-svg.ts'
import type { MetricSeries } from '../../experiments/runs/metric.ts'
import type { RunDetail, RunSummary } from '../../experiments/runs/run-record.ts'
import { settingsOf } from '../../experiments/diff/diff-specs.ts'
import type { Verdict } from '../../experiments/statistics/verdict.ts'
import { curvesSvg, type ReportLine } from './curves-svg.ts'
import { Html, markup, nothing } from './html.ts'
import { markdownToHtml } from './markdown-to-html.ts'

export interface ReportRun {
  readonly detail: RunDetail
  readonly series: readonly MetricSeries[]
  /** Finished runs of its configuration that differ in the seed only. */
  readonly siblings: readonly RunSummary[]
  /** On the test images; null where it was not asked for, or could not be had. */
  readonly evaluation: EvaluationReport | null
  /** Why there is no evaluation though it was asked for. */
  readonly evaluationProblem: string | null
}

export interface ReportInput {
  readonly runs: readonly ReportRun[]
  readonly studio: string
  readonly createdAt: number
}

const colours = ['#2f5fd0', '#b8621b', '#1f8a52', '#7b4fc4', '#c2335e', '#157f8f', '#94740a', '#5d636e']
const colourOf = (index: number): string => colours[index % colours.length] as string

export function renderReport({ runs, studio, createdAt }: ReportInput): string {
  const title = runs.length === 1 ? (runs[0]?.detail.name ?? '') : `${runs.length} runs`
  const diff = diffRuns(
    runs.map(({ detail }) => detail),
    runs.map(({ siblings }) => siblings),
  )
  const styleHash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="Strata ${studio}" />
        <title>${title} – Strata report</title>
        <style>${new Html(style)}</style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="quiet">Report of Strata ${studio}, ${dateText(createdAt)}</p>
        </header>
        <main>
          ${diff.warnings.map((warning) => markup`<p class="warning">${warningText[warning]}</p>`)}
          <section>
            <h2>Results</h2>
            ${overview(runs)}
          </section>
          <section>
            <h2>Curves</h2>
            <div class="charts">${charts(runs)}</div>
          </section>
          ${runs.length > 1 ? differences(diff) : nothing}
          ${runs.map((run, i) => runSection(run, i, i === 0 ? undefined : diff.networks[i - 1]))}
        </main>
      </body>
    </html> `
  return page.text
}

function overview(runs: readonly ReportRun[]): Html {
  return markup`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>Run</th>
          <th>Network</th>
          <th>Data</th>
          <th>Seed</th>
          <th>State</th>
          <th class="n">Parameters</th>
          <th class="n">Epochs</th>
          <th class="n">Best</th>
          <th class="n">Test</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(
          ({ detail }, i) =>
            markup`<tr>
              <td>
                <span class="swatch"
                  ><svg viewBox="0 0 8 8" aria-hidden="true">
                    <circle cx="4" cy="4" r="4" fill="${colourOf(i)}" /></svg></span
                ><a href="#run-${detail.id}">${detail.name}</a> <span class="quiet">${detail.id}</span>
              </td>
              <td>${detail.network}</td>
              <td>${detail.dataset}</td>
              <td>${detail.seed}</td>
              <td>${detail.status}</td>
              <td class="n">${detail.parameters === null ? '–' : count(detail.parameters)}</td>
              <td class="n">${detail.epochs.length}</td>
              <td class="n">${detail.best ? `${percent(detail.best.accuracy)} (epoch ${detail.best.epoch})` : '–'}</td>
              <td class="n">${detail.test ? percent(detail.test.accuracy) : '–'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function charts(runs: readonly ReportRun[]): readonly Html[] {
  const lines = (name: string, splits: readonly string[]): ReportLine[] =>
    runs.flatMap(({ detail, series }, i) =>
      splits.flatMap((split) => {
        const found = series.find((one) => one.split === split && one.name === name)
        if (!found) return []
        const perEpoch = detail.progress.epochs > 0 ? detail.progress.steps / detail.progress.epochs : 0
        const values = split === 'train' ? smoothed(found.values) : found.values
        const points = found.steps.map((step, at): readonly [number, number] => [
          perEpoch > 0 ? step / perEpoch : step,
          values[at] as number,
        ])
        return [
          { label: `${detail.name} (${detail.id}), ${split}`, colour: colourOf(i), dashed: split === 'train', points },
        ]
      }),
    )
  return [
    curvesSvg('Loss', lines('loss', ['train', 'validation']), (value) => value.toPrecision(3), 'epoch'),
    curvesSvg(
      'Accuracy',
      lines('accuracy', ['train', 'validation']),
      (value) => `${Math.round(value * 100)} %`,
      'epoch',
    ),
    curvesSvg('Learning rate', lines('learningRate', ['train']), (value) => value.toPrecision(2), 'epoch'),
    curvesSvg('Gradient norm', lines('gradientNorm', ['train']), (value) => value.toPrecision(3), 'epoch'),
  ]
}

/** Values of single steps say little: an exponential mean of them, begun without bias. */
function smoothed(values: readonly number[]): readonly number[] {
  if (values.length < 50) return values
  let [mean, weight] = [0, 0]
  return values.map((value) => {
    mean = 0.92 * mean + 0.08 * value
    weight = 0.92 * weight + 0.08
    return mean / weight
  })
}

function differences(diff: RunsDiff): Html {
  const [first, ...others] = diff.runs
  const settings = diff.settings.filter(({ isDifferent }) => isDifferent)
  const environment = diff.environment.filter(({ isDifferent }) => isDifferent)
  return markup`<section>
    <h2>Differences</h2>
    <p class="quiet">Compared with “${first?.name ?? ''}” (${first?.id ?? 0}).</p>
    ${others.map((run, i) => {
      const network = diff.networks[i]
      const verdict = diff.verdicts[i]
      return markup`<h3>${run.name} (${run.id})</h3>
        ${verdict ? markup`<p><strong>Verdict:</strong> ${verdictText(verdict)}</p>` : nothing}
        ${network ? networkDifference(network) : nothing}`
    })}
    <h3>Settings</h3>
    ${
      settings.length === 0
        ? markup`<p>No difference.</p>`
        : valuesTable(
            diff,
            settings.map(({ path, ...rest }) => ({ name: path, ...rest })),
          )
    }
    <h3>Environment</h3>
    ${environment.length === 0 ? markup`<p>No difference.</p>` : valuesTable(diff, environment)}
    <h3>Results</h3>
    ${valuesTable(
      diff,
      diff.results.filter(({ values }) => values.some((value) => value !== undefined)),
    )}
  </section>`
}

function valuesTable({ runs }: RunsDiff, rows: readonly ValueDiff[]): Html {
  return markup`<div class="wide">
    <table>
      <thead>
        <tr>
          <th></th>
          ${runs.map((run) => markup`<th>${run.name} <span class="quiet">${run.id}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, values }) =>
            markup`<tr>
              <th>${name}</th>
              ${values.map((value) => markup`<td>${valueText(name, value)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function networkDifference({ isSame, nodes, connections, counts, before, after }: NetworkDiff): Html {
  if (isSame) return markup`<p>The networks are the same.</p>`
  const changed = nodes.filter(({ state, moved }) => state !== 'same' || moved)
  return markup`<p>
      Architecture: ${counts.added} added, ${counts.removed} removed, ${counts.changed} changed, ${counts.moved} moved;
      connections ${counts.connectionsAdded} added, ${counts.connectionsRemoved} removed. Parameters
      ${count(before.params)} → ${count(after.params)}, multiply-adds ${count(before.macs)} → ${count(after.macs)}.
    </p>
    <ul class="changes">
      ${changed.map(nodeChange)}${connections.map(
        ({ state, from, to, via }) =>
          markup`<li class="${state}">
            ${state === 'added' ? '+' : '−'} ${from} → ${to}${via.length > 0 ? ` through ${via.join(', ')}` : ''}
          </li>`,
      )}
    </ul>`
}

const signs = { added: '+', removed: '−', changed: '~', same: '>' } as const

function nodeChange({ id, state, moved, before, after, changes }: NodeDiff): Html {
  const values = changes.map(({ label, before: was, after: is }) => `${label} ${jsonText(was)} → ${jsonText(is)}`)
  return markup`<li class="${state}">
    ${signs[state]} ${id}
    <span class="quiet">${(after ?? before)?.typeTitle ?? ''}</span>
    ${[...values, ...(moved ? ['moved'] : [])].join(', ')}
  </li>`
}

function runSection(run: ReportRun, index: number, difference: NetworkDiff | undefined): Html {
  const { detail, evaluation, evaluationProblem } = run
  const { environment, review } = detail
  const facts: readonly (readonly [string, string | null])[] = [
    ['Network', detail.network],
    ['Data', detail.dataset],
    ['Dataset fingerprint', environment?.datasetFingerprint ?? null],
    ['Seed', String(detail.seed)],
    ['Created', dateText(detail.createdAt)],
    [
      'Engine',
      environment
        ? `${environment.engine} ${environment.engineVersion}, ${environment.device}, ${environment.threads} threads`
        : detail.engine,
    ],
    ['Platform', environment ? `${environment.platform}, Node ${environment.node}` : null],
    ['Studio', environment ? `${environment.studio}${environment.commit ? `, ${environment.commit}` : ''}` : null],
    ['Weights, SHA-256', detail.weightsSha256],
    ['Branch of', review.parent ? `run ${review.parent.run}, epoch ${review.parent.epoch}` : null],
    ['Tags', review.tags.length > 0 ? review.tags.join(', ') : null],
    ['Error', detail.error ? `${detail.error.code}: ${detail.error.message}` : null],
  ]
  return markup`<section id="run-${detail.id}">
    <h2>
      <span class="swatch"
        ><svg viewBox="0 0 8 8" aria-hidden="true"><circle cx="4" cy="4" r="4" fill="${colourOf(index)}" /></svg></span
      >${detail.name} <span class="quiet">${detail.id}</span>
    </h2>
    <dl>
      ${facts.map(([name, value]) =>
        value === null
          ? nothing
          : markup`<dt>${name}</dt>
              <dd>${value}</dd>`,
      )}
    </dl>
    ${review.note === '' ? nothing : markup`<div class="note">${markdownToHtml(review.note)}</div>`}
    ${evaluation ? evaluationPart(evaluation) : nothing}
    ${evaluationProblem === null ? nothing : markup`<p class="warning">No evaluation on the test images: ${evaluationProblem}</p>`}
    <details>
      <summary>Network</summary>
      <div class="picture">${networkPicture(detail, difference)}</div>
    </details>
    <details>
      <summary>Epochs (${detail.epochs.length})</summary>
      ${epochTable(detail)}
    </details>
    <details>
      <summary>Settings</summary>
      <table>
        <tbody>
          ${settingsOf(detail.spec).map(
            ([path, value]) =>
              markup`<tr>
                <th>${path}</th>
                <td>${jsonText(value)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </section>`
}

function networkPicture({ networkDocument }: RunDetail, difference: NetworkDiff | undefined): Html {
  const document = networkDocument as unknown as NetworkDocument
  const drawn = new Set(document.nodes.map(({ id }) => id))
  const marks = new Map<string, Mark>()
  for (const { id, state } of difference?.nodes ?? []) {
    // A layer inside of a block marks the block.
    const top = drawn.has(id) ? id : (id.split('/')[0] as string)
    if ((state === 'added' || state === 'changed') && drawn.has(top)) marks.set(top, drawn.has(id) ? state : 'changed')
  }
  return new Html(pictureToSvg(drawNetwork(document, { colours: pictureColours.light, marks })))
}

function epochTable({ epochs, best }: RunDetail): Html {
  return markup`<div class="wide">
    <table>
      <thead>
        <tr>
          <th class="n">Epoch</th>
          <th class="n">Train loss</th>
          <th class="n">Train accuracy</th>
          <th class="n">Validation loss</th>
          <th class="n">Validation accuracy</th>
          <th class="n">Images/s</th>
          <th class="n">Seconds</th>
        </tr>
      </thead>
      <tbody>
        ${epochs.map(
          (epoch) =>
            markup`<tr${epoch.epoch === best?.epoch ? markup` class="best"` : nothing}><td class="n">${epoch.epoch}</td><td class="n">${epoch.train.loss.toFixed(4)}</td><td class="n">${percent(epoch.train.accuracy)}</td><td class="n">${epoch.validation?.loss.toFixed(4) ?? '–'}</td><td class="n">${epoch.validation ? percent(epoch.validation.accuracy) : '–'}</td><td class="n">${Math.round(epoch.imagesPerSecond)}</td><td class="n">${epoch.seconds.toFixed(1)}</td></tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function evaluationPart(report: EvaluationReport): Html {
  const { classes } = report.dataset
  return markup`<h3>On ${count(report.examples)} test images</h3>
    <p>
      Accuracy ${percent(report.accuracy)}, loss
      ${report.loss.toFixed(4)}${report.top5 === null ? '' : `, top 5 ${percent(report.top5)}`}, calibration error
      ${percent(report.calibration.error)}; best checkpoint, epoch ${report.members[0]?.epoch ?? 0}.
    </p>
    <details>
      <summary>Classes</summary>
      <table>
        <thead>
          <tr>
            <th>Class</th>
            <th class="n">Images</th>
            <th class="n">Precision</th>
            <th class="n">Recall</th>
            <th class="n">F1</th>
          </tr>
        </thead>
        <tbody>
          ${report.classes.map(
            (one) =>
              markup`<tr>
                <th>${classes[one.label] ?? one.label}</th>
                <td class="n">${one.support}</td>
                <td class="n">${optional(one.precision)}</td>
                <td class="n">${optional(one.recall)}</td>
                <td class="n">${optional(one.f1)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
    ${
      classes.length > 40
        ? nothing
        : markup`<details>
            <summary>Confusion matrix</summary>
            <p class="quiet">Rows are classes, columns what they were taken for.</p>
            <div class="wide">
              <table class="matrix">
                <thead>
                  <tr>
                    <th></th>
                    ${classes.map((name) => markup`<th>${name}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${report.confusion.map(
                    (row, label) =>
                      markup`<tr>
                        <th>${classes[label] ?? label}</th>
                        ${row.map((value, predicted) => markup`<td class="n${value === 0 ? ' zero' : label === predicted ? ' right' : ''}">${value}</td>`)}
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>
          </details>`
    }`
}

function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'nothing':
      return 'a run has no result yet.'
    case 'more-seeds':
      return `${points(verdict.difference)} best accuracy, no telling from seed noise with ${verdict.a.seeds} against ${verdict.b.seeds} seeds: train ${verdict.missing.a} more of the baseline and ${verdict.missing.b} more of this run.`
    default: {
      const { difference, low, high, a, b } = verdict
      const word = verdict.kind === 'noise' ? 'within seed noise' : `${verdict.kind}, not within seed noise`
      return `${word}: ${points(difference)} best accuracy, 95 % interval ${points(low)} to ${points(high)}, ${a.seeds} against ${b.seeds} seeds.`
    }
  }
}

const warningText: Record<DiffWarning, string> = {
  'different-datasets': 'The runs have different datasets: their results cannot be held against each other.',
  'different-data': 'The datasets have the same name but other contents: results cannot be held against each other.',
  'different-held-out': 'The runs hold out other examples: compare test results, not validation.',
  unfinished: 'Not every run has finished: results may still change.',
}

function valueText(name: string, value: JsonValue | undefined): string {
  if (typeof value === 'number' && name.endsWith('accuracy')) return percent(value)
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toPrecision(4)
  return jsonText(value)
}

function jsonText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
const optional = (share: number | null): string => (share === null ? '–' : percent(share))
const points = (share: number): string => `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(2)} points`
const count = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 0 })
const dateText = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const style = `
:root{color-scheme:light;font:14px/1.5 system-ui,sans-serif;color:#1b1e25;background:#f5f6f8}
body{margin:0}
header,main{max-width:1180px;margin:0 auto;padding:24px}
header{padding-bottom:0}
h1{margin:0;font-size:24px}h2{margin:0 0 12px;font-size:17px}h3{margin:20px 0 6px;font-size:14px}h4{margin:8px 0 4px}
section{margin-bottom:16px;padding:20px;border:1px solid #dfe1e6;border-radius:10px;background:#fff}
.quiet{color:#666a74;font-weight:400}
.warning{padding:10px 14px;border-radius:8px;background:#fdf3dc}
.wide,.picture{overflow-x:auto}
.picture{max-height:80vh;overflow-y:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
th,td{padding:4px 12px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid #eceef1}
thead th,tbody th{font-weight:500;color:#4d515a;white-space:nowrap}
.n{text-align:right;white-space:nowrap}
tr.best td{font-weight:600}
.matrix th,.matrix td{padding:3px 8px;text-align:right}
.zero{color:#b4b8c0}.right{font-weight:600}
a{color:#2f5fd0}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 16px;margin:0;font-size:13px}
dt{color:#666a74}dd{margin:0;overflow-wrap:anywhere}
.note{margin:14px 0;padding:2px 16px;border-left:3px solid #c8cbd0}
.note p{margin:8px 0}
pre{overflow-x:auto;padding:8px 12px;border-radius:6px;background:#f5f6f8}
blockquote{margin:8px 0;padding-left:12px;border-left:3px solid #dfe1e6;color:#4d515a}
details{margin-top:10px}summary{cursor:pointer;font-weight:500}details>*:not(summary){margin-top:8px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:20px}
figure{margin:0}figcaption{font-weight:500;margin-bottom:4px}
figure svg{display:block;width:100%}figure text{font-size:11px;fill:#666a74}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;margin:4px 0 0;padding:0;list-style:none;font-size:12px}
figure .key{display:inline-block;width:22px;height:8px;margin-right:6px}
.swatch svg{width:9px;height:9px;margin-right:7px}
.changes{margin:0;padding:0;list-style:none;font-size:13px}
.changes .added{color:#0b703f}.changes .removed{color:#b3261e}.changes .changed{color:#7a5200}
@media print{:root{background:#fff}section{break-inside:avoid-page;border:0;padding:0}}
`
