/** Changes one value of an experiment by its dotted path, as `--set train.learningRate=0.01` asks. */
import { StudioError } from '../errors/studio-error.ts'

/**
 * Returns a copy of `root` with `path` set. Objects on the way are created; an array is entered by index.
 * @throws StudioError `usage` when the path is empty, names a prototype key or runs through a plain value
 */
export function setPath(root: unknown, path: string, value: unknown): unknown {
  const keys = path.split('.')
  if (keys.some((key) => key === '' || key === '__proto__' || key === 'constructor' || key === 'prototype')) {
    throw new StudioError('usage', `--set ${path}: not a path; write it like train.learningRate`, { path })
  }
  return setKeys(root, keys, value, path)
}

function setKeys(node: unknown, keys: readonly string[], value: unknown, path: string): unknown {
  const [key, ...rest] = keys
  if (key === undefined) return value
  if (Array.isArray(node)) {
    const index = Number(key)
    if (!Number.isInteger(index) || index < 0 || index >= node.length) {
      throw new StudioError('usage', `--set ${path}: "${key}" is not an index from 0 to ${node.length - 1}`, { path })
    }
    return node.map((item: unknown, i) => (i === index ? setKeys(item, rest, value, path) : item))
  }
  if (node !== undefined && (typeof node !== 'object' || node === null)) {
    throw new StudioError('usage', `--set ${path}: "${key}" is inside a plain value`, { path })
  }
  const record = (node ?? {}) as Record<string, unknown>
  return { ...record, [key]: setKeys(Object.hasOwn(record, key) ? record[key] : undefined, rest, value, path) }
}

/** `path=value`; the value is JSON where it parses as JSON, else text. */
export function parseAssignment(text: string): { path: string; value: unknown } {
  const equals = text.indexOf('=')
  if (equals < 1) {
    throw new StudioError('usage', `--set ${text}: expected path=value, for example train.learningRate=0.01`, { text })
  }
  const raw = text.slice(equals + 1)
  try {
    return { path: text.slice(0, equals), value: JSON.parse(raw) as unknown }
  } catch {
    return { path: text.slice(0, equals), value: raw }
  }
}
