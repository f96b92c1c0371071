/** Words of an operation and its parameters: translated where the language has them, else those of its definition, which are English. */
import type { ParamChoice } from '../../experiments/layers/params/param-kind.ts'
import { augmentationOf } from '../../experiments/augmentation/registry.ts'
import type { Messages } from './en.ts'

export function operationText(t: Messages, type: string): { readonly title: string; readonly summary: string } {
  const known = t.augmentation.operations[type]
  const definition = augmentationOf(type)
  return { title: known?.title ?? definition?.title ?? type, summary: known?.summary ?? definition?.summary ?? '' }
}

export function paramText(t: Messages, type: string, param: string): { readonly label: string; readonly help: string } {
  const kind = augmentationOf(type)?.params[param]
  const [label, help] = t.augmentation.operations[type]?.params[param] ?? t.augmentation.sharedParams[param] ?? []
  return { label: label ?? kind?.label ?? param, help: help ?? kind?.help ?? '' }
}

export function choiceText(t: Messages, type: string, { value, label }: ParamChoice): string {
  return t.augmentation.operations[type]?.choices?.[value] ?? label
}
