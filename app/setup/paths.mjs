/** Where things lie: the checkout, its private `.cache`, and the cache shared by all checkouts of this user. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '')

/** Facts of this checkout that can be made again at any time: stamps, fingerprints, reports. */
export const checkoutCache = join(root, '.cache')

/** Downloads that every checkout may use. `STRATA_CACHE` names another folder. */
export function sharedCache(env = process.env, platform = process.platform) {
  if (env['STRATA_CACHE']) return env['STRATA_CACHE']
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Strata', 'Cache')
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Strata')
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'strata')
}
