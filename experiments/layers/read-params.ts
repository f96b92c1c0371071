/** From the JSON of a node to the parameters of its layer, with all problems, and back to the shortest JSON. */
import type { Issue, JsonObject, JsonValue } from '../errors/studio-error.ts'
import { nearestName } from '../text/nearest-name.ts'
import type { ParamTable } from './params/param-kind.ts'

/** What has parameters: a layer or a block. */
export interface ParamOwner {
  readonly title: string
  readonly version: number
  readonly params: ParamTable
  migrate?(params: JsonObject, version: number): JsonObject
}

export interface ReadParams {
  /** Complete: a parameter that is absent or wrong has its default. */
  readonly params: JsonObject
  readonly issues: readonly Issue[]
}

/**
 * @param json as written in the node, for version `version` of its layer or block
 * @param path of `json` in its document, for messages
 */
export function readParams(
  owner: ParamOwner,
  json: JsonObject,
  version: number,
  path: string,
  node: string,
): ReadParams {
  const issues: Issue[] = []
  const add = (code: Issue['code'], field: string, message: string) =>
    issues.push({ code, path: `${path}.${field}`, message, node, field })
  if (version > owner.version) {
    const message = `${owner.title} has version ${version} here, but this studio knows up to ${owner.version}: update the studio`
    issues.push({ code: 'unsupported-version', path, message, node })
    return { params: defaultParams(owner), issues }
  }
  const current = version < owner.version && owner.migrate ? owner.migrate(json, version) : json
  const names = Object.keys(owner.params)
  for (const name of Object.keys(current)) {
    if (names.includes(name)) continue
    const nearest = nearestName(name, names)
    const hint = nearest
      ? `; did you mean "${nearest}"?`
      : names.length > 0
        ? `; it has ${names.join(', ')}`
        : '; it has none'
    add('unknown-key', name, `${owner.title} has no parameter "${name}"${hint}`)
  }
  const params: Record<string, JsonValue> = {}
  for (const [name, kind] of Object.entries(owner.params)) {
    params[name] = kind.default
    if (!Object.hasOwn(current, name)) continue
    const read = kind.read(current[name])
    if (read.ok) params[name] = read.value
    else add(read.problem.code, name, `${kind.label.toLowerCase()}: ${read.problem.message}`)
  }
  return { params, issues }
}

export function defaultParams(owner: ParamOwner): JsonObject {
  return Object.fromEntries(Object.entries(owner.params).map(([name, kind]) => [name, kind.default]))
}

/** The JSON of complete parameters: short forms, defaults left out. */
export function writeParams(owner: ParamOwner, params: JsonObject): JsonObject {
  const written = Object.entries(owner.params).flatMap(([name, kind]) => {
    const json = kind.write(params[name] ?? kind.default)
    return JSON.stringify(json) === JSON.stringify(kind.write(kind.default)) ? [] : [[name, json] as const]
  })
  return Object.fromEntries(written)
}
