/**
 * One axis of a sweep: which place of the experiment it changes, and what it may put there. Places are dotted paths: `train.learningRate`,
 * `network.nodes.conv1.params.kernel`, `network.nodes.stage2.repeat.times`, `network.nodes.mixed.type`, `network.variables.width`; nodes are
 * entered by id.
 */
import { z } from 'zod'

const path = z.string().min(1).max(300)
const name = z.string().min(1).max(300)

/** The axis exists only where another one has one of these values, or lies in this range. */
const condition = z.strictObject({
  axis: name,
  in: z.array(z.json()).min(1).max(1000).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
})

export const axisSpec = z.strictObject({
  /** What tables and charts call it. Default: the first path. */
  name: name.optional(),
  path: path.optional(),
  /** Several places that get the same value, such as the widths of three layers. */
  paths: z.array(path).min(1).max(1000).optional(),
  /** `multiply` scales what stands at the place (whole numbers stay whole). Default: set. */
  apply: z.enum(['set', 'multiply']).default('set'),
  /** Grid or choice: exactly these values. */
  values: z.array(z.json()).min(1).max(10_000).optional(),
  /** What to show for each of `values`. */
  labels: z.array(z.string().max(200)).max(10_000).optional(),
  /** From, to; both included. */
  range: z.tuple([z.number(), z.number()]).optional(),
  /** Default: linear. */
  scale: z.enum(['linear', 'log']).default('linear'),
  /** Whole numbers only. Default: false. */
  integer: z.boolean().default(false),
  /** Distance of neighbours; for whole numbers 1. */
  step: z.number().positive().optional(),
  /** Points that a grid search takes of a range. Default 5. */
  points: z.int().min(1).max(1000).default(5),
  when: z.union([condition, z.array(condition).min(1).max(20)]).optional(),
})

export type AxisSpec = z.output<typeof axisSpec>
export type AxisSpecInput = z.input<typeof axisSpec>
export type AxisCondition = z.output<typeof condition>

/** What an axis is called: its own name, or its first path. */
export function axisName({ name, path, paths }: Pick<AxisSpec, 'name' | 'path' | 'paths'>): string {
  return name ?? path ?? paths?.[0] ?? ''
}
