/** Parameters that are one of a few named values. */
import { nearestName } from '../../text/nearest-name.ts'
import { outOfRange, readOk, wrongType, type ParamKind, type ParamText } from './param-kind.ts'

export function boolean(options: ParamText & { readonly default: boolean }): ParamKind<boolean> {
  return {
    ...options,
    form: { kind: 'boolean' },
    read: (json) => (typeof json === 'boolean' ? readOk(json) : wrongType('true or false', json)),
    write: (value) => value,
  }
}

/** `choices` maps each value to the label shown. */
export function choice<const Choices extends Readonly<Record<string, string>>>(
  options: ParamText & { readonly choices: Choices; readonly default: keyof Choices & string },
): ParamKind<keyof Choices & string> {
  const { choices, ...rest } = options
  const names = Object.keys(choices)
  const isChoice = (value: string): value is keyof Choices & string => Object.hasOwn(choices, value)
  return {
    ...rest,
    form: { kind: 'choice', choices: names.map((value) => ({ value, label: choices[value] ?? value })) },
    read: (json) => {
      if (typeof json !== 'string') return wrongType(`one of ${names.join(', ')}`, json)
      if (isChoice(json)) return readOk(json)
      const nearest = nearestName(json, names)
      return outOfRange(nearest ? `one of ${names.join(', ')} (${nearest}?)` : `one of ${names.join(', ')}`, json)
    },
    write: (value) => value,
  }
}
