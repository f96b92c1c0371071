/**
 * The processes of a studio, for tests: the built ones, which the window starts as well. They begin in a third of the time that their sources
 * take; Vitest has built them before it runs tests (.config/built-programs.ts).
 */
import path from 'node:path'
import type { ProcessCommand } from './process-command.ts'

export const builtProgram = (name: 'trainer' | 'importer' | 'inspector' | 'engine-probe'): ProcessCommand => ({
  nodePath: process.execPath,
  entry: path.join(import.meta.dirname, '..', '..', 'out', 'node', `${name}.mjs`),
})
