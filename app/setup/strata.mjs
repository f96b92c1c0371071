/** `npm run -s strata -- COMMAND`: the command line, from a checkout. Nothing but the command's own output goes to stdout. */
import { join } from 'node:path'
import { buildIfChanged } from './build-if-changed.mjs'
import { root } from './paths.mjs'
import { prepare } from './prepare.mjs'
import { run } from './processes.mjs'
import { runScript } from './terminal.mjs'

await runScript(async () => {
  const { node } = await prepare()
  await buildIfChanged(node)
  // INIT_CWD is the folder npm was called in: relative paths mean what the user sees.
  return run(node, ['--enable-source-maps', join(root, 'out', 'node', 'strata.mjs'), ...process.argv.slice(2)], {
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
  })
})
