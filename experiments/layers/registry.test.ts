import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../errors/studio-error.ts'
import { defaultParams, readParams, writeParams } from './read-params.ts'
import { layerOf, layers } from './registry.ts'

const titled = layers.map((layer) => ({ id: layer.id, layer }))

describe('layer registry', () => {
  it('has unique ids and titles', () => {
    expect(new Set(layers.map((layer) => layer.id)).size).toBe(layers.length)
    expect(new Set(layers.map((layer) => layer.title)).size).toBe(layers.length)
    expect(layerOf('no-such-layer')).toBeUndefined()
  })

  it.each(titled)('$id: defaults are valid, survive JSON, and are written as nothing', ({ layer }) => {
    const params = defaultParams(layer)
    expect(readParams(layer, params, 1, 'params', 'n')).toEqual({ params, issues: [] })
    expect(writeParams(layer, params)).toEqual({})
    const json = JSON.parse(JSON.stringify(params)) as JsonObject
    expect(readParams(layer, json, 1, 'params', 'n').params).toEqual(params)
  })

  it.each(titled)(
    '$id: every parameter has a label and a help text, and refuses nonsense at its place',
    ({ layer }) => {
      for (const [name, kind] of Object.entries(layer.params)) {
        expect(kind.label).not.toBe('')
        expect(kind.help).not.toBe('')
        for (const nonsense of [null, {}, [[]], 'no such choice', -1e9]) {
          const { params, issues } = readParams(layer, { [name]: nonsense }, 1, 'nodes.n.params', 'n')
          expect(issues, `${name} = ${JSON.stringify(nonsense)}`).toHaveLength(1)
          expect(issues[0]).toMatchObject({ path: `nodes.n.params.${name}`, node: 'n', field: name })
          expect(params).toEqual(defaultParams(layer))
        }
      }
    },
  )

  it.each(titled)('$id: its features parameter exists', ({ layer }) => {
    if (layer.featuresParam !== undefined) expect(layer.params).toHaveProperty(layer.featuresParam)
  })

  it.each(titled)('$id: a newer version of it is refused, not guessed at', ({ layer }) => {
    const { issues } = readParams(layer, {}, layer.version + 1, 'params', 'n')
    expect(issues).toMatchObject([{ code: 'unsupported-version', node: 'n' }])
  })
})
