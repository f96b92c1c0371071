import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = join(import.meta.dirname, 'inherited-files.ts')

/** Runs a fresh Node that holds pipes at 3 and 4, as a debugger leaves them in Electron. */
async function openFilesAfter(code: string): Promise<{ closed: number; left: number[]; works: boolean }> {
  const script = `
    import { closeInheritedFiles } from ${JSON.stringify(module)}
    import { fstatSync, readFileSync } from 'node:fs'
    const closed = ${code}
    const left = [3, 4].filter((file) => { try { return fstatSync(file).isFIFO() || fstatSync(file).isSocket() } catch { return false } })
    console.log(JSON.stringify({ closed, left, works: readFileSync(${JSON.stringify(module)}).length > 0 }))`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout?.on('data', (text: Buffer) => (output += text.toString()))
  await new Promise((done) => child.once('close', done))
  return JSON.parse(output) as { closed: number; left: number[]; works: boolean }
}

test.runIf(process.platform === 'linux')('inherited pipes are closed, and Node works on', async () => {
  expect(await openFilesAfter('0')).toMatchObject({ left: [3, 4] })
  const after = await openFilesAfter('closeInheritedFiles()')
  expect(after).toMatchObject({ left: [], works: true })
  // The test runner may have handed over more.
  expect(after.closed).toBeGreaterThanOrEqual(2)
})
