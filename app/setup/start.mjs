/** `npm start`: opens the studio, or where no window can open, trains the demo experiment in the terminal. */
import { join } from 'node:path'
import { buildIfChanged } from './build-if-changed.mjs'
import { reasonForNoWindow } from './display.mjs'
import { launchStudio } from './launch-studio.mjs'
import { root } from './paths.mjs'
import { prepare } from './prepare.mjs'
import { run } from './processes.mjs'
import { runScript, say } from './terminal.mjs'

await runScript(async () => {
  const noWindow = reasonForNoWindow()
  const { node } = await prepare({ electron: noWindow === null, data: true })
  await buildIfChanged(node)
  if (noWindow === null) return launchStudio(process.argv.slice(2))

  say(`\nNo window can open here (${noWindow}).`)
  say('Strata trains its demo experiment in this terminal instead; Ctrl+C stops it.\n')
  const demo = join(root, 'experiments', 'recipes', 'demo.experiment.json')
  return run(node, [
    '--enable-source-maps',
    join(root, 'out', 'node', 'strata.mjs'),
    'train',
    demo,
    ...process.argv.slice(2),
  ])
})
