/**
 * Makes an engine in a home folder of its own beside the final place and moves it there when it is whole: an install that fails, is stopped or
 * is killed leaves the engine as it was, and the next one clears what is left.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { EngineInstallProgress, EngineReport } from '../../../experiments/engines/engine-report.ts'

export interface InstallRequest {
  /** Files that are here, in place of a download. */
  readonly source?: string | undefined
  /** Address of another place than the usual one. */
  readonly mirror?: string | undefined
  /** Of what the mirror sends, in hexadecimal digits; else the one that it publishes is used. */
  readonly checksum?: string | undefined
}

export interface InstallPlace {
  /** Folder of the studio. */
  readonly home: string
  /** Looks at the engine in another home folder, in a process of its own. */
  readonly look: (home: string) => Promise<EngineReport>
  readonly onProgress: (progress: Omit<EngineInstallProgress, 'engine'>) => void
  readonly signal: AbortSignal
}

const stagingPrefix = 'unfinished-'

/**
 * @param folderIn where the engine lies in a home folder
 * @param make fills that folder in the home folder that it gets
 */
export async function stagedInstall<T>(
  home: string,
  folderIn: (home: string) => string,
  make: (stagingHome: string) => Promise<T>,
): Promise<T> {
  const target = folderIn(home)
  const engines = path.dirname(target)
  fs.mkdirSync(engines, { recursive: true })
  for (const name of fs.readdirSync(engines)) {
    if (name.startsWith(stagingPrefix)) fs.rmSync(path.join(engines, name), { recursive: true, force: true })
  }
  const staging = fs.mkdtempSync(path.join(engines, stagingPrefix))
  try {
    const folder = folderIn(staging)
    fs.mkdirSync(folder, { recursive: true })
    const result = await make(staging)
    fs.rmSync(target, { recursive: true, force: true })
    fs.renameSync(folder, target)
    return result
  } finally {
    fs.rmSync(staging, { recursive: true, force: true })
  }
}

/** Removes what was installed; returns whether there was something. */
export function removeInstalled(folder: string): boolean {
  const existed = fs.existsSync(folder)
  fs.rmSync(folder, { recursive: true, force: true })
  return existed
}

/** Where downloads lie until they are used, those that broke off included. */
export function downloadFolder(home: string): string {
  const folder = path.join(home, 'engines', 'downloads')
  fs.mkdirSync(folder, { recursive: true })
  return folder
}
