/** Where downloads collect their files until all of them are here, and how much of them is. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatasetDownload } from './dataset-source.ts'
import { keptBytes } from '../download/received-file.ts'

export function downloadFolder(home: string, name: string): string {
  return join(home, 'cache', 'downloads', name)
}

/** Bytes that the next download of dataset `name` need not fetch any more. */
export async function receivedBytes(home: string, name: string, download: DatasetDownload): Promise<number> {
  const sizes = await Promise.all(download.files.map((file) => keptBytes(join(downloadFolder(home, name), file.name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

export async function forgetReceived(home: string, name: string): Promise<void> {
  await rm(downloadFolder(home, name), { recursive: true, force: true })
}
