/** `data.augment` of an experiment: a list of operations with their parameters. The schema follows from the registry. */
import { z } from 'zod'
import type { JsonValue } from '../errors/studio-error.ts'
import type { ParamForm, ParamKind } from '../layers/params/param-kind.ts'
import type { AugmentationDefinition } from './define-augmentation.ts'
import { augmentations } from './registry.ts'

/** One operation as it stands in JSON; once read, complete with its defaults. */
export type AugmentationSpec = { readonly type: string } & { readonly [param: string]: JsonValue }

const variants = augmentations.map((operation) =>
  z.strictObject({ type: z.literal(operation.id), ...paramSchemas(operation) }),
)
type Variant = (typeof variants)[number]

const operationSpec = z.discriminatedUnion('type', variants as [Variant, ...Variant[]]) as unknown as z.ZodType<
  AugmentationSpec,
  AugmentationSpec
>

/** The list; operations of one kind may come more than once. */
export const augmentationListSpec = z.array(operationSpec).max(64)

function paramSchemas({ params }: AugmentationDefinition): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(params).map(([name, kind]) => [name, withDefault(kind)]))
}

function withDefault(kind: ParamKind): z.ZodType {
  return valueSchema(kind.form).default(kind.default as never)
}

function valueSchema(form: ParamForm): z.ZodType {
  switch (form.kind) {
    case 'integer':
      return z.int().min(form.min).max(form.max)
    case 'real':
      return z.number().min(form.min).max(form.max)
    case 'boolean':
      return z.boolean()
    case 'choice':
      return z.enum(form.choices.map(({ value }) => value))
    default:
      throw new Error(`no augmentation has parameters of the kind ${form.kind} yet`)
  }
}
