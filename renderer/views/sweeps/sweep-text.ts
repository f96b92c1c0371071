/** Values and reasons of a sweep in the person's language. */
import type { JsonValue } from '../../../experiments/errors/studio-error.ts'
import type { TrialExplanation } from '../../../experiments/tuning/answers/sweep-answers.ts'
import { parseNetworkPath } from '../../../experiments/tuning/places/network-path.ts'
import type { ParallelAdvice } from '../../../experiments/tuning/parallel-advice.ts'
import type { Axis } from '../../../experiments/tuning/space/axis.ts'
import type { ObjectiveMetric } from '../../../experiments/tuning/sweep-spec.ts'
import { describeError } from '../../i18n/describe-error.ts'
import type { i18n } from '../../i18n/i18n.svelte.ts'

type I18n = Pick<typeof i18n, 't' | 'format'>

export function metricText({ format }: I18n, metric: ObjectiveMetric, value: number): string {
  switch (metric) {
    case 'accuracy':
      return format.percent(value)
    case 'loss':
      return format.loss(value)
    case 'seconds':
      return format.duration(value)
    default:
      return format.compact(value)
  }
}

/** As short as an axis needs it. */
export function metricTick({ format }: I18n, metric: ObjectiveMetric, value: number): string {
  if (metric === 'accuracy') return format.axisPercent(value)
  if (metric === 'seconds') return format.duration(value)
  return metric === 'loss' ? format.plain(Number(value.toPrecision(3))) : format.compact(value)
}

export function valueText({ format }: I18n, axis: Axis | undefined, value: JsonValue | undefined): string {
  if (value === undefined) return '–'
  if (typeof value === 'number') return format.plain(Number(value.toPrecision(4)))
  if (axis) return axis.labelOf(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Beside an axis: of a continuous one two digits, of one with levels the value itself. */
export function tickText(i18n: I18n, axis: Axis, value: JsonValue): string {
  const isBetween = typeof value === 'number' && axis.levels === undefined
  return isBetween ? i18n.format.plain(Number(value.toPrecision(2))) : valueText(i18n, axis, value)
}

/** What an axis is called: its own name, or in words what its path changes. */
export function axisTitle({ t }: I18n, name: string): string {
  const { pathNames, variable, wholeWidth, fieldNames } = t.sweeps
  const known = pathNames[name]
  if (known !== undefined) return known
  const setting = /^train\.(?<of>optimizer|schedule)\.(?<key>\w+)$/.exec(name)?.groups
  if (setting) {
    const words = setting['of'] === 'optimizer' ? t.training.optimizerSettings : t.training.scheduleSettings
    return `${pathNames[`train.${setting['of']}`] ?? ''} · ${words[setting['key'] ?? ''] ?? setting['key']}`
  }
  if (name === 'network.width') return wholeWidth
  const place = parseNetworkPath(name.endsWith('.width') ? `${name.slice(0, -'.width'.length)}.type` : name)
  if (place === undefined) return name
  if (place.kind === 'variable') return variable(place.name)
  const field = name.endsWith('.width') ? 'width' : place.kind
  const inside = place.block === null ? '' : `${place.block} › `
  return `${inside}${shortIds(place.node)} · ${field === 'param' ? place.param : fieldNames[field]}`
}

/** Of several nodes that change together: all of a few, else the first and the last. */
function shortIds(joined: string): string {
  const ids = joined.split('+')
  return ids.length < 4 ? ids.join(' + ') : `${ids[0] ?? ''} … ${ids.at(-1) ?? ''} (${ids.length})`
}

/** A choice, such as an optimizer or a variant of a block. */
export function choiceLabel({ t }: I18n, label: string): string {
  return (
    t.training.optimizers[label] ??
    t.training.schedules[label] ??
    t.blockTitles[label] ??
    t.sweeps.choices[label] ??
    label
  )
}

/** How many trials at a time are advised, and what that was taken from. */
export function adviceText({ t, format }: I18n, { parallel, reason, cores, idleCores, rates }: ParallelAdvice): string {
  const words = t.sweeps.advice
  switch (reason) {
    case 'gains': {
      const rateOf = (count: number) => rates.find((rate) => rate.parallel === count)?.imagesPerSecond ?? 0
      return words.gains(format.integer(parallel), format.plain(Number((rateOf(parallel) / rateOf(1)).toPrecision(2))))
    }
    case 'busy':
      return words.busy(format.plain(Number((idleCores ?? 0).toFixed(1))), format.integer(cores))
    case 'unmeasured':
      return t.sweeps.parallelTrialsHelp
    default:
      return words[reason]
  }
}

/** Why a trial stands where it stands, in a sentence or two. */
export function explanationText(i18n: I18n, why: TrialExplanation, metric: ObjectiveMetric): string {
  const { t, format } = i18n
  const words = t.sweeps.why
  switch (why.type) {
    case 'rung':
      return why.rank <= why.cut
        ? words.rungIn(format.integer(why.rank), format.integer(why.of), format.integer(why.epochs))
        : words.rungOut(
            ...([why.rank, why.of, why.epochs, why.cut].map(format.integer) as [string, string, string, string]),
          )
    case 'median': {
      const { epoch, best, median, others } = why.verdict
      const shown = (loss: number) => metricText(i18n, metric, metric === 'accuracy' ? -loss : loss)
      return words.median(format.integer(epoch), shown(best), shown(median), format.integer(others))
    }
    case 'failed':
      return `${describeError(t, why).title}: ${why.message}`
    case 'impossible':
      return words.impossible(why.message)
    default:
      return words[why.type]
  }
}
