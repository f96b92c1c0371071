import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { endOf, openTestStudio, smallExperiment } from '../studio.fixture.ts'
import type { Studio } from '../studio.ts'
import { reportWords } from '../report/report-words.ts'
import { readTarHeader, tarBlock, tarEnd, tarHeader, tarPadding } from './tar-header.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

let folder: string
let there: Studio
let here: Studio
let run: number
let bundle: string

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-bundle-'))
  there = await openTestStudio(path.join(folder, 'there'))
  here = await openTestStudio(path.join(folder, 'here'))
  const train = { ...smallExperiment.train, epochs: 3 }
  run = (await there.handlers['runs.start']({ spec: { ...smallExperiment, train } })).id
  await endOf(there, run)
  const change = { note: '# Why\n\nA <b>note</b> & more', addTags: ['keep'], starred: true, colour: 'teal' as const }
  there.handlers['review.mark']({ runs: [run], change })
  bundle = path.join(folder, 'one.strata')
  await there.handlers['runs.exportBundle']({ runs: [run], evaluate: true, language: 'en', file: bundle })
})
afterAll(async () => {
  await there.close()
  await here.close()
  fs.rmSync(folder, { recursive: true })
})

function importOf(bytes: Uint8Array): Promise<unknown> {
  const file = path.join(folder, 'changed.strata')
  fs.writeFileSync(file, bytes)
  return here.handlers['runs.importBundle']({ file })
}

/** The files of a bundle in order, and a bundle made of such. */
function unpack(bytes: Uint8Array): { name: string; content: Uint8Array }[] {
  const files: { name: string; content: Uint8Array }[] = []
  for (let at = 0; at < bytes.length;) {
    const entry = readTarHeader(bytes.subarray(at, at + tarBlock))
    if (!entry) break
    files.push({ name: entry.name, content: bytes.slice(at + tarBlock, at + tarBlock + entry.bytes) })
    at += tarBlock + entry.bytes + tarPadding(entry.bytes)
  }
  return files
}

function pack(files: readonly { name: string; content: Uint8Array }[]): Uint8Array {
  return Buffer.concat([
    ...files.flatMap(({ name, content }) => [
      tarHeader({ name, bytes: content.length }, 0),
      content,
      new Uint8Array(tarPadding(content.length)),
    ]),
    tarEnd,
  ])
}

/** A bundle whose table was changed and sealed again, as somebody hostile would. */
function forged(
  change: (manifest: { runs: { [key: string]: unknown }[]; files: { path: string }[] }) => void,
): Uint8Array {
  const files = unpack(fs.readFileSync(bundle))
  const manifest = JSON.parse(Buffer.from(files[0]!.content).toString()) as Parameters<typeof change>[0]
  const before = manifest.files.map((file) => file.path)
  change(manifest)
  const table = Buffer.from(JSON.stringify(manifest))
  const seal = Buffer.from(createHash('sha256').update(table).digest('hex'))
  const renamed = files.slice(2).map((file) => {
    const at = before.indexOf(file.name)
    return { ...file, name: manifest.files[at]?.path ?? file.name }
  })
  return pack([{ name: 'bundle.json', content: table }, { name: 'seal.txt', content: seal }, ...renamed])
}

describe('a bundle', () => {
  test('gives another studio the run with its numbers, notes, curves and checkpoints, and it goes on there', async () => {
    const { runs, warnings } = await here.handlers['runs.importBundle']({ file: bundle })
    expect(warnings).toEqual([])
    const taken = runs[0]!.id
    const [from, to] = [there.handlers['runs.get']({ run }), here.handlers['runs.get']({ run: taken })]
    const comparable = ({ id: _id, checkpoints, ...rest }: typeof from) => ({
      ...rest,
      checkpoints: checkpoints.map(({ id: _own, ...checkpoint }) => checkpoint),
    })
    expect(comparable(to)).toEqual(comparable(from))
    expect(here.handlers['queue.events']({ run: taken }).map(({ type }) => type)).toEqual([
      'run.imported',
      'run.reviewed',
    ])
    expect(here.handlers['runs.metrics']({ run: taken })).toEqual(there.handlers['runs.metrics']({ run }))
    const evaluate = (studio: Studio, id: number) =>
      studio.handlers['evaluation.run']({ members: [{ run: id }], crops: 1, combine: 'average' })
    expect((await evaluate(here, taken)).confusion).toEqual((await evaluate(there, run)).confusion)
    const change = { run: 0, epoch: 3, set: [{ path: 'train.epochs', value: 4 }] }
    const branches = await Promise.all(
      [
        { studio: there, id: run },
        { studio: here, id: taken },
      ].map(async ({ studio, id }) => {
        const branch = await studio.handlers['runs.branch']({ ...change, run: id })
        await endOf(studio, branch.id)
        return studio.handlers['runs.get']({ run: branch.id })
      }),
    )
    expect(branches.map(({ status }) => status)).toEqual(['finished', 'finished'])
    expect(branches[1]!.weightsSha256).toBe(branches[0]!.weightsSha256)
  })

  test('is a tar file with the report in it', () => {
    const files = unpack(fs.readFileSync(bundle))
    expect(files.slice(0, 3).map(({ name }) => name)).toEqual(['bundle.json', 'seal.txt', 'report.html'])
    expect(Buffer.from(files[2]!.content).toString()).toContain('On 2,000 test images')
  })

  test('with one changed byte anywhere is refused with the place, and nothing is taken', async () => {
    const whole = fs.readFileSync(bundle)
    const before = here.handlers['runs.list']().length
    const places = [10, 700, Math.floor(whole.length / 3), Math.floor(whole.length / 2), whole.length - 20_000]
    for (const place of places) {
      const bytes = Uint8Array.from(whole)
      bytes[place]! ^= 1
      await expect(importOf(bytes), `byte ${place}`).rejects.toMatchObject({
        code: expect.stringMatching(/file-damaged|unsupported-version/) as string,
      })
    }
    await expect(importOf(whole.subarray(0, whole.length - 5000))).rejects.toThrow(/, at byte \d+:/)
    await expect(importOf(Buffer.concat([whole, Buffer.from('more')]))).rejects.toMatchObject({ code: 'file-damaged' })
    await expect(importOf(Buffer.from('no bundle at all'))).rejects.toMatchObject({ code: 'file-damaged' })
    await expect(here.handlers['runs.importBundle']({ file: path.join(folder, 'none') })).rejects.toMatchObject({
      code: 'file-not-found',
    })
    expect(here.handlers['runs.list']()).toHaveLength(before)
    const left = fs.readdirSync(path.join(folder, 'here', 'checkpoints')).filter((name) => name.startsWith('import-'))
    expect(left).toEqual([])
  })

  test('that was forged whole writes nowhere else, names no other experiment, and promises no more than it holds', async () => {
    const outside = path.join(folder, 'here', 'evil.safetensors')
    for (const name of ['../../evil.safetensors', 'runs/1/checkpoints/../../../evil.safetensors', '/tmp/evil']) {
      const bytes = forged(({ files }) => {
        files.at(-1)!.path = name
      })
      await expect(importOf(bytes), name).rejects.toMatchObject({
        code: expect.stringMatching(/file-damaged|wrong-type|out-of-range|invalid/) as string,
      })
    }
    expect(fs.existsSync(outside)).toBe(false)
    const otherSpec = forged(({ runs }) => {
      ;(runs[0]!['spec'] as { seed: number }).seed = 99
    })
    await expect(importOf(otherSpec)).rejects.toMatchObject({ code: 'file-damaged' })
    const badSpec = forged(({ runs }) => {
      ;(runs[0]!['spec'] as { train: { epochs: unknown } }).train.epochs = 'many'
    })
    await expect(importOf(badSpec)).rejects.toThrow(/run 1: .*train\.epochs/)
    const huge = forged(({ files }) => {
      ;(files[0] as { path: string; bytes: number }).bytes = 2 ** 40
    })
    await expect(importOf(huge)).rejects.toMatchObject({ code: 'too-large' })
    const newer = forged((manifest) => Object.assign(manifest, { version: 9 }))
    await expect(importOf(newer)).rejects.toMatchObject({ code: 'unsupported-version' })
  })

  test('is not written with a damaged checkpoint in it', async () => {
    const [checkpoint] = there.handlers['runs.get']({ run }).checkpoints
    const file = path.join(folder, 'there', 'checkpoints', `run-${run}`, checkpoint!.file)
    const whole = fs.readFileSync(file)
    fs.writeFileSync(
      file,
      Uint8Array.from(whole, (byte, i) => (i === 9000 ? byte ^ 1 : byte)),
    )
    const target = path.join(folder, 'damaged.strata')
    const write = () =>
      there.handlers['runs.exportBundle']({ runs: [run], evaluate: false, language: 'en', file: target })
    await expect(write()).rejects.toMatchObject({ code: 'file-damaged' })
    fs.writeFileSync(file, whole)
    expect(fs.readdirSync(folder).filter((name) => name.startsWith('damaged'))).toEqual([])
  })
})

describe('a report', () => {
  test('holds runs, difference and note, escapes what people wrote, and asks for nothing from outside', async () => {
    const train = { ...smallExperiment.train, epochs: 2, learningRate: 0.01 }
    const spec = { ...smallExperiment, name: '<script>alert(1)</script>', train }
    const second = await there.handlers['runs.start']({ spec })
    await endOf(there, second.id)
    const file = path.join(folder, 'report.html')
    await there.handlers['runs.report']({ runs: [run, second.id], evaluate: false, language: 'en', file })
    const text = fs.readFileSync(file, 'utf8')
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toMatch(/<script|<link|<iframe|<img|@import|\ssrc=|\sstyle=|\son\w+=/i)
    expect(text.match(/https?:\/\/[^"\s<]+/g)?.filter((link) => link !== 'http://www.w3.org/2000/svg') ?? []).toEqual(
      [],
    )
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(text).toContain(`style-src 'sha256-${hash}'`)
    expect(text).toContain('<h4>Why</h4>')
    expect(text).toContain('&lt;b&gt;note&lt;/b&gt; &amp; more')
    expect(text).toContain('train.learningRate')
    expect(text).toContain('No telling from seed noise')
  })

  test('speaks the language that was asked for, with nothing left over of the other', async () => {
    const file = path.join(folder, 'korean.html')
    await there.handlers['runs.report']({ runs: [run], evaluate: true, language: 'ko', file })
    const text = fs.readFileSync(file, 'utf8')
    expect(text).toContain('<html lang="ko">')
    const words = text.replaceAll(/<style>[\s\S]*?<\/style>|<details>[\s\S]*?<\/details>|<[^>]*>/g, ' ')
    for (const word of ['결과', '곡선', '손실', '테스트 이미지', '데이터셋 지문', '완료']) expect(words).toContain(word)
    const english = Object.values(reportWords.en.names).filter((name) => !/^(F1|Node)$/.test(name))
    expect(english.filter((name) => new RegExp(`(^|\\s)${name}(\\s|$)`).test(words))).toEqual([])
  })
})

test('a tar header says name and size, and nothing else is taken for one', () => {
  const header = tarHeader({ name: 'runs/1/metrics.json', bytes: 70_000 }, 0)
  expect(readTarHeader(header)).toEqual({ name: 'runs/1/metrics.json', bytes: 70_000 })
  expect(readTarHeader(new Uint8Array(tarBlock))).toBeUndefined()
  expect(readTarHeader(header.map((byte, i) => (i === 3 ? byte + 1 : byte)))).toBeUndefined()
  const link = header.slice()
  link[156] = '2'.charCodeAt(0)
  expect(readTarHeader(link)).toBeUndefined()
})
