/** Rows and columns at the borders of an image: `n` on every side, or `[top, right, bottom, left]`. */
import type { Edges } from '../../ops/attributes.ts'
import { padding } from './padding.ts'
import { wrongType, type ParamKind, type ParamText } from './param-kind.ts'

export function edges(options: ParamText & { readonly default: Edges }): ParamKind<Edges> {
  const kind = padding(options)
  return {
    ...options,
    form: { kind: 'edges', max: 1024 },
    read: (json) => {
      const expected = 'an integer from 0 to 1024, or [top, right, bottom, left]'
      if (typeof json === 'string') return wrongType(expected, json)
      const read = kind.read(json)
      if (!read.ok) return read
      return typeof read.value === 'string' ? wrongType(expected, json) : { ok: true, value: read.value }
    },
    write: (value) => kind.write(value),
  }
}
