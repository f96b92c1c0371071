/**
 * `npm run package [-- TARGET...]`: the unpacked application of this platform, in dist/. On release machines, which reach the
 * helper programs of electron-builder, TARGET may be deb, AppImage, dmg or nsis.
 */
import { buildIfChanged } from './build-if-changed.mjs'
import { packageStudio } from './package-studio.mjs'
import { prepare } from './prepare.mjs'
import { runScript, say } from './terminal.mjs'

await runScript(async () => {
  const { node } = await prepare({ electron: true })
  await buildIfChanged(node)
  const targets = process.argv.slice(2)
  say(`✓ ${await packageStudio(node, targets.length > 0 ? targets : undefined)}`)
})
