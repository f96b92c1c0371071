/** Datasets by the command line, as a user has it: a real service, a real import, a real PNG. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { addBadFiles, drawIcons } from '../../main/datasets/import/icons.fixture.ts'
import { strataAt } from './strata.fixture.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'strata-cli-data-'))
const home = join(folder, 'home')
const strata = strataAt(home)
const icons = join(folder, 'icons')

beforeAll(async () => {
  mkdirSync(home)
  await drawIcons(icons, { families: ['circle', 'file'], side: 24, colours: ['#000000', '#802020'] })
  await addBadFiles(icons, 'file')
})
afterAll(async () => {
  await strata('service', 'stop', '--force')
  rmSync(folder, { recursive: true, force: true })
})

describe('data', () => {
  test('import tells of progress and of every refused file; list shows the dataset', async () => {
    const { code, stdout, stderr } = await strata('data', 'import', icons, '--name', 'icons', '--json')
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[0]).toMatchObject({ event: 'progress', name: 'icons', stage: 'preparing' })
    const record = lines.at(-1)
    expect(record).toMatchObject({ name: 'icons', height: 24, width: 24, classes: ['circle', 'file'], imported: true })
    const report = record?.['report'] as { refused: { path: string; reason: string }[] } | undefined
    expect(report?.refused.map(({ path }) => path).sort()).toEqual(['file/broken.png', 'file/notes.txt'])
    const listed = JSON.parse((await strata('data', 'list', '--json')).stdout) as { name: string }[]
    expect(listed.map(({ name }) => name)).toContain('icons')

    const again = await strata('data', 'import', icons, '--name', 'icons')
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(/^error out-of-range: .*there is a dataset "icons" already/)
    const nothing = await strata('data', 'import', join(folder, 'gone'), '--name', 'gone')
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error file-not-found: /) as string })
  })

  test('preview writes the grid as PNG and tells of draws that are too much', async () => {
    const list = join(folder, 'augment.json')
    writeFileSync(list, JSON.stringify([{ type: 'colour-shift', strength: 1 }, { type: 'mirror' }]))
    const out = join(folder, 'grid.png')
    const { code, stdout } = await strata('data', 'preview', 'icons', '--augment', list, '--out', out, '--json')
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as { warnings: Record<string, number>; width: number; height: number }
    expect(result.warnings['colour']).toBeGreaterThan(0)
    const png = readFileSync(out)
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([result.width, result.height])
    writeFileSync(list, JSON.stringify([{ type: 'miror' }]))
    const wrong = await strata('data', 'preview', 'icons', '--augment', list, '--out', out)
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('augment.json')
  })

  test('remove takes away what was imported, and nothing else', async () => {
    expect((await strata('data', 'remove', 'shapes')).stderr).toMatch(/^error out-of-range: .*comes with the studio/)
    expect((await strata('data', 'remove', 'icons')).stdout).toContain('icons is removed')
    expect(existsSync(join(home, 'datasets', 'icons'))).toBe(false)
    expect(existsSync(join(icons, 'circle'))).toBe(true)
    expect((await strata('data', 'remove', 'icons')).stderr).toMatch(/^error unknown-dataset: /)
  })
})
