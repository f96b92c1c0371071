/** `npm run build [-- PART...]`: what `npm start`, the CLI and the tests run, into `out/`; parts are electron, node, renderer. */
import { buildIfChanged } from './build-if-changed.mjs'
import { prepare } from './prepare.mjs'
import { runScript } from './terminal.mjs'

await runScript(async () => {
  const { node } = await prepare()
  const parts = process.argv.slice(2)
  await buildIfChanged(node, { force: true, parts })
})
