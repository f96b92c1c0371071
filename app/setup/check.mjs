/** `npm run check [-- NAME...]`: everything that can be said about the sources without running them. */
import { runChecks } from './checks.mjs'
import { prepare } from './prepare.mjs'
import { runScript } from './terminal.mjs'

await runScript(async () => {
  const { node } = await prepare()
  const names = process.argv.slice(2)
  return (await runChecks(node, names.length > 0 ? names : undefined)) ? 0 : 1
})
