import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChosenImages } from './chosen-images.ts'

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strata-chosen-')))
  mkdirSync(join(folder, 'pictures.zip'))
  for (const name of ['a.ZIP', 'b.tar.gz', 'labels.csv', 'model.onnx']) writeFileSync(join(folder, name), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('images that a person picked', () => {
  it.each([
    ['pictures.zip', 'folder'],
    ['a.ZIP', 'archive'],
    ['b.tar.gz', 'archive'],
    ['labels.csv', 'labels'],
    ['model.onnx', 'other'],
  ])('%s is of the kind %s, and its path comes back for its ticket only', async (name, kind) => {
    const chosen = new ChosenImages()
    const source = await chosen.add(join(folder, name))
    expect(source).toMatchObject({ name, kind })
    expect(JSON.stringify(source)).not.toContain(folder)
    expect(chosen.path(source.ticket)).toBe(join(folder, name))
    expect(() => chosen.path(join(folder, name))).toThrow(expect.objectContaining({ code: 'outside-folder' }) as Error)
  })

  it('what is gone cannot be picked, and old tickets are forgotten', async () => {
    const chosen = new ChosenImages()
    await expect(chosen.add(join(folder, 'gone'))).rejects.toMatchObject({ code: 'file-not-found' })
    const first = await chosen.add(folder)
    let last = first
    for (let i = 0; i < 32; i++) last = await chosen.add(folder)
    expect(() => chosen.path(first.ticket)).toThrow()
    expect(chosen.path(last.ticket)).toBe(folder)
  })
})
