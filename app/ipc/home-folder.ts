/** Where a studio keeps everything it owns: database, checkpoints, datasets, logs, and the files that lead to its service. */
import { homedir, platform } from 'node:os'
import { join, resolve } from 'node:path'

/** `--home`, else STRATA_HOME, else the operating system's application-data folder. */
export function resolveHome(explicit?: string): string {
  const chosen = explicit ?? process.env['STRATA_HOME']
  return resolve(chosen === undefined || chosen === '' ? defaultHome() : chosen)
}

function defaultHome(): string {
  switch (platform()) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Strata')
    case 'win32':
      return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Strata')
    default:
      return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'strata')
  }
}
