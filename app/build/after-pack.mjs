/** Removes from a package what only a development runtime needs. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/** @param {import('app-builder-lib').AfterPackContext} context */
export async function afterPack({ appOutDir, packager }) {
  const resources = packager.getResourcesDir(appOutDir)
  for (const name of ['default_app.asar', 'default_app.sha256']) await rm(join(resources, name), { force: true })
  // Beside the programs of other platforms a command for Windows, or for a shell, would only be in the way.
  await rm(join(resources, 'bin', packager.platform.name === 'windows' ? 'strata' : 'strata.cmd'), { force: true })
}
