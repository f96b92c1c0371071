/** Which studio this is: the version of package.json and, in a checkout, the git commit. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }

export const studioVersion: string = packageJson.version

/** The commit of the checkout that runs, or that a package was made from; null without git. */
export function studioCommit(): string | null {
  const built = commitOfPackage()
  if (built !== undefined) return built === '' ? null : built
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}

/** Packaging notes the commit in the package.json it ships, empty if there was none; a checkout's has no such key. */
function commitOfPackage(): string | undefined {
  try {
    const file = join(import.meta.dirname, '..', '..', 'package.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as { commit?: string }).commit
  } catch {
    return undefined
  }
}
