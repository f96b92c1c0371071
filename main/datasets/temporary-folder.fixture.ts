/** A new folder for each test, removed after it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DatasetPlace } from './dataset-source.ts'

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-datasets-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A studio home that sees nothing of this machine's datasets. */
export async function temporaryPlace(): Promise<DatasetPlace & { env: Record<string, string>; systemFolder: string }> {
  const folder = await temporaryFolder()
  return { home: join(folder, 'home'), env: {}, systemFolder: join(folder, 'system') }
}
