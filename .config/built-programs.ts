/** Before tests, and before they are repeated: the programs in `out/node` that they start are built when a source changed. */
import type { TestProject } from 'vitest/node'
import { buildIfChanged } from '../app/setup/build-if-changed.mjs'

export default async function setup(project: TestProject): Promise<void> {
  const build = () => buildIfChanged(process.execPath, { parts: ['node'] })
  await build()
  project.onTestsRerun(build)
}
