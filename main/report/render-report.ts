/**
 * A report of runs as one HTML file that opens anywhere and for ever: no script, nothing from outside, and a policy in its head that would stop
 * either. Everything that people or files named is escaped.
 */
import { createHash } from 'node:crypto'
import { diffRuns, type RunsDiff, type ValueDiff } from '../../experiments/diff/diff-runs.ts'
import type { NetworkDiff, NodeDiff } from '../../experiments/diff/diff-networks.ts'
import type { JsonValue } from '../../experiments/errors/studio-error.ts'
import type { EvaluationReport } from '../../experiments/evaluation/evaluation-record.ts'
import type { NetworkDocument } from '../../experiments/network/network-document.ts'
import { drawNetwork, type Mark } from '../../experiments/picture/draw-network.ts'
import { pictureColours } from '../../experiments/picture/picture-colours.ts'
import { pictureToSvg } from '../../experiments/picture/picture-to-svg.ts'
import type { MetricSeries, MetricSplit } from '../../experiments/runs/metric.ts'
import type { ReportLanguage } from '../../experiments/review/report-language.ts'
import { verdictText } from '../../experiments/review/verdict-words.ts'
import type { RunDetail, RunStatus, RunSummary } from '../../experiments/runs/run-record.ts'
import { settingsOf } from '../../experiments/diff/diff-specs.ts'
import type { Verdict } from '../../experiments/statistics/verdict.ts'
import { curvesSvg, type ReportLine } from './curves-svg.ts'
import { Html, markup, nothing } from './html.ts'
import { markdownToHtml } from './markdown-to-html.ts'
import { reportWords, type ReportWords } from './report-words.ts'

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
  readonly language: ReportLanguage
}

const colours = ['#2f5fd0', '#b8621b', '#1f8a52', '#7b4fc4', '#c2335e', '#157f8f', '#94740a', '#5d636e']
const colourOf = (index: number): string => colours[index % colours.length] as string

export function renderReport({ runs, studio, createdAt, language }: ReportInput): string {
  const words = reportWords[language]
  const title = runs.length === 1 ? (runs[0]?.detail.name ?? '') : words.runs(runs.length)
  const diff = diffRuns(
    runs.map(({ detail }) => detail),
    runs.map(({ siblings }) => siblings),
  )
  const styleHash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`
  const page = markup`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="Strata ${studio}" />
        <title>${words.documentTitle(title)}</title>
        <style>${new Html(style)}</style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="quiet">${words.madeBy(studio, dateText(createdAt))}</p>
        </header>
        <main>
          ${diff.warnings.map((warning) => markup`<p class="warning">${words.warnings[warning]}</p>`)}
          <section>
            <h2>${words.results}</h2>
            ${overview(runs, words)}
          </section>
          <section>
            <h2>${words.curves}</h2>
            <div class="charts">${charts(runs, words)}</div>
          </section>
          ${runs.length > 1 ? differences(diff, words, language) : nothing}
          ${runs.map((run, i) => runSection(run, i, i === 0 ? undefined : diff.networks[i - 1], words))}
        </main>
      </body>
    </html> `
  return page.text
}

function overview(runs: readonly ReportRun[], { names, states, atEpoch }: ReportWords): Html {
  return markup`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>${names.run}</th>
          <th>${names.network}</th>
          <th>${names.data}</th>
          <th>${names.seed}</th>
          <th>${names.state}</th>
          <th class="n">${names.parameters}</th>
          <th class="n">${names.epochs}</th>
          <th class="n">${names.best}</th>
          <th class="n">${names.test}</th>
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
              <td>${states[detail.status]}</td>
              <td class="n">${detail.parameters === null ? '–' : count(detail.parameters)}</td>
              <td class="n">${detail.epochs.length}</td>
              <td class="n">${detail.best ? atEpoch(percent(detail.best.accuracy), detail.best.epoch) : '–'}</td>
              <td class="n">${detail.test ? percent(detail.test.accuracy) : '–'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function charts(runs: readonly ReportRun[], { metrics, splits: splitNames, epoch }: ReportWords): readonly Html[] {
  const lines = (name: string, splits: readonly MetricSplit[]): ReportLine[] =>
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
          {
            label: `${detail.name} (${detail.id}), ${splitNames[split]}`,
            colour: colourOf(i),
            dashed: split === 'train',
            points,
          },
        ]
      }),
    )
  return [
    curvesSvg(metrics.loss, lines('loss', ['train', 'validation']), (value) => value.toPrecision(3), epoch),
    curvesSvg(
      metrics.accuracy,
      lines('accuracy', ['train', 'validation']),
      (value) => `${Math.round(value * 100)} %`,
      epoch,
    ),
    curvesSvg(metrics.learningRate, lines('learningRate', ['train']), (value) => value.toPrecision(2), epoch),
    curvesSvg(metrics.gradientNorm, lines('gradientNorm', ['train']), (value) => value.toPrecision(3), epoch),
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

function differences(diff: RunsDiff, words: ReportWords, language: ReportLanguage): Html {
  const [first, ...others] = diff.runs
  const settings = diff.settings.filter(({ isDifferent }) => isDifferent)
  const environment = diff.environment.filter(({ isDifferent }) => isDifferent)
  return markup`<section>
    <h2>${words.differences}</h2>
    <p class="quiet">${words.comparedWith(first?.name ?? '', first?.id ?? 0)}</p>
    ${others.map((run, i) => {
      const network = diff.networks[i]
      const verdict = diff.verdicts[i]
      return markup`<h3>${run.name} (${run.id})</h3>
        ${verdict ? verdictPart(verdict, run.name, language) : nothing}
        ${network ? networkDifference(network, words) : nothing}`
    })}
    <h3>${words.settings}</h3>
    ${
      settings.length === 0
        ? markup`<p>${words.noDifference}</p>`
        : valuesTable(
            diff,
            settings.map(({ path, ...rest }) => ({ name: path, ...rest })),
            words,
          )
    }
    <h3>${words.environment}</h3>
    ${environment.length === 0 ? markup`<p>${words.noDifference}</p>` : valuesTable(diff, environment, words)}
    <h3>${words.results}</h3>
    ${valuesTable(
      diff,
      diff.results.filter(({ values }) => values.some((value) => value !== undefined)),
      words,
    )}
  </section>`
}

function valuesTable({ runs }: RunsDiff, rows: readonly ValueDiff[], words: ReportWords): Html {
  return markup`<div class="wide">
    <table class="values">
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
              <th>${words.values[name] ?? name}</th>
              ${values.map((value) => markup`<td>${valueText(name, value, words)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function networkDifference(diff: NetworkDiff, words: ReportWords): Html {
  const { isSame, nodes, connections, counts, before, after } = diff
  if (isSame) return markup`<p>${words.sameNetwork}</p>`
  const changed = nodes.filter(({ state, moved }) => state !== 'same' || moved)
  const change = (was: number, is: number): string => `${count(was)} → ${count(is)}`
  return markup`<p>
      ${words.architecture(counts)}
      ${words.costs(change(before.params, after.params), change(before.macs, after.macs))}
    </p>
    <ul class="changes">
      ${changed.map((node) => nodeChange(node, words))}${connections.map(
        ({ state, from, to, via }) =>
          markup`<li class="${state}">
            ${state === 'added' ? '+' : '−'} ${from} → ${to}${via.length > 0 ? words.through(via.join(', ')) : ''}
          </li>`,
      )}
    </ul>`
}

const signs = { added: '+', removed: '−', changed: '~', same: '>' } as const

function nodeChange({ id, state, moved, before, after, changes }: NodeDiff, words: ReportWords): Html {
  const side = after ?? before
  const values = changes.map(({ label, before: was, after: is }) => `${label} ${jsonText(was)} → ${jsonText(is)}`)
  return markup`<li class="${state}">
    ${signs[state]} ${id}
    <span class="quiet">${side ? (words.titleOf(side.type) ?? side.typeTitle) : ''}</span>
    ${[...values, ...(moved ? [words.moved] : [])].join(', ')}
  </li>`
}

function runSection(run: ReportRun, index: number, difference: NetworkDiff | undefined, words: ReportWords): Html {
  const { names } = words
  const { detail, evaluation, evaluationProblem } = run
  const { environment, review } = detail
  const facts: readonly (readonly [string, string | null])[] = [
    [names.network, detail.network],
    [names.data, detail.dataset],
    [names.fingerprint, environment?.datasetFingerprint ?? null],
    [names.seed, String(detail.seed)],
    [names.created, dateText(detail.createdAt)],
    [
      names.engine,
      environment
        ? words.engineOf(`${environment.engine} ${environment.engineVersion}`, environment.device, environment.threads)
        : detail.engine,
    ],
    [names.platform, environment ? `${environment.platform}, Node ${environment.node}` : null],
    [names.studio, environment ? `${environment.studio}${environment.commit ? `, ${environment.commit}` : ''}` : null],
    [names.weights, detail.weightsSha256],
    [names.branchOf, review.parent ? words.branchOf(review.parent.run, review.parent.epoch) : null],
    [names.tags, review.tags.length > 0 ? review.tags.join(', ') : null],
    [names.error, detail.error ? `${detail.error.code}: ${detail.error.message}` : null],
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
    ${evaluation ? evaluationPart(evaluation, words) : nothing}
    ${evaluationProblem === null ? nothing : markup`<p class="warning">${words.noEvaluation(evaluationProblem)}</p>`}
    <details>
      <summary>${words.network}</summary>
      <div class="picture">${networkPicture(detail, difference, words)}</div>
    </details>
    <details>
      <summary>${words.epochsCount(detail.epochs.length)}</summary>
      ${epochTable(detail, words)}
    </details>
    <details>
      <summary>${words.settings}</summary>
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

function networkPicture(
  { networkDocument }: RunDetail,
  difference: NetworkDiff | undefined,
  { titleOf }: ReportWords,
): Html {
  const document = networkDocument as unknown as NetworkDocument
  const drawn = new Set(document.nodes.map(({ id }) => id))
  const marks = new Map<string, Mark>()
  for (const { id, state } of difference?.nodes ?? []) {
    // A layer inside of a block marks the block.
    const top = drawn.has(id) ? id : (id.split('/')[0] as string)
    if ((state === 'added' || state === 'changed') && drawn.has(top)) marks.set(top, drawn.has(id) ? state : 'changed')
  }
  return new Html(pictureToSvg(drawNetwork(document, { colours: pictureColours.light, marks, titleOf })))
}

function epochTable({ epochs, best }: RunDetail, { names }: ReportWords): Html {
  return markup`<div class="wide">
    <table>
      <thead>
        <tr>
          <th class="n">${names.epoch}</th>
          <th class="n">${names.trainLoss}</th>
          <th class="n">${names.trainAccuracy}</th>
          <th class="n">${names.validationLoss}</th>
          <th class="n">${names.validationAccuracy}</th>
          <th class="n">${names.imagesPerSecond}</th>
          <th class="n">${names.seconds}</th>
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

function evaluationPart(report: EvaluationReport, words: ReportWords): Html {
  const { names } = words
  const { classes } = report.dataset
  const said = {
    ...{
      accuracy: percent(report.accuracy),
      loss: report.loss.toFixed(4),
      calibration: percent(report.calibration.error),
    },
    ...{ top5: report.top5 === null ? null : percent(report.top5), epoch: report.members[0]?.epoch ?? 0 },
  }
  return markup`<h3>${words.evaluated(count(report.examples))}</h3>
    <p>${words.evaluation(said)}</p>
    <details>
      <summary>${words.classes}</summary>
      <table>
        <thead>
          <tr>
            <th>${names.class}</th>
            <th class="n">${names.images}</th>
            <th class="n">${names.precision}</th>
            <th class="n">${names.recall}</th>
            <th class="n">${names.f1}</th>
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
            <summary>${words.confusion}</summary>
            <p class="quiet">${words.confusionHelp}</p>
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

function verdictPart(verdict: Verdict, name: string, language: ReportLanguage): Html {
  const { title, body } = verdictText(verdict, name, language)
  return markup`<p><strong>${title}.</strong> ${body}</p>`
}

function valueText(name: string, value: JsonValue | undefined, { states }: ReportWords): string {
  if (name === 'status') return states[value as RunStatus]
  if (typeof value === 'number' && name.endsWith('accuracy')) return percent(value)
  if (typeof value === 'number' && name === 'parameters') return count(value)
  if (typeof value === 'number' && name.endsWith('.loss')) return value.toFixed(4)
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(4)))
  return jsonText(value)
}

function jsonText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
const optional = (share: number | null): string => (share === null ? '–' : percent(share))
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
.values thead th{min-width:90px;max-width:260px;white-space:normal;vertical-align:bottom}
.values td{overflow-wrap:anywhere}
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
