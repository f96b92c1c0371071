/** A small settings file: read leniently (a damaged file counts as absent), written whole or not at all. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import { parseValue } from '../../experiments/schema/parse.ts'

export function readJsonFile<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    const parsed = parseValue(schema, parseJson(readFileSync(file, 'utf8'), file, { maxLength: 65_536 }))
    return parsed.ok ? parsed.value : undefined
  } catch {
    return undefined
  }
}

export function writeJsonFile(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(temporary, file)
}
