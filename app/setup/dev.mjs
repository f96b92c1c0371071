/** `npm run dev`: the studio with changes shown as they are made. */
import { join } from 'node:path'
import { reasonForNoWindow } from './display.mjs'
import { root } from './paths.mjs'
import { prepare } from './prepare.mjs'
import { run } from './processes.mjs'
import { runScript, SetupError } from './terminal.mjs'

await runScript(async () => {
  const noWindow = reasonForNoWindow()
  if (noWindow) throw new SetupError(`Development needs a display, and no window can open here (${noWindow}).`)
  const { node } = await prepare({ electron: true, data: true })
  return run(node, [join(root, 'app', 'build', 'dev.ts'), ...process.argv.slice(2)])
})
