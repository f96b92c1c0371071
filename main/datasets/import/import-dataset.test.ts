import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeDataset } from '../list-datasets.ts'
import { openDataset } from '../open-dataset.ts'
import { asOrdinaryUser } from '../ordinary-user.fixture.ts'
import { findDataset } from '../registry.ts'
import { readBmp } from './bmp.ts'
import { importDataset } from './import-dataset.ts'
import { importFolder, readReport } from './imported-note.ts'
import { importRequest, type ImportRequestInput } from './import-options.ts'
import { storedZip } from './zip.fixture.ts'

let home: string
let pictures: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'strata-import-'))
  pictures = join(home, 'pictures')
  const colours = { red: '#d02010', green: '#10b030', blue: '#2030c0' }
  for (const [name, background] of Object.entries(colours)) {
    for (let i = 0; i < 10; i++)
      await picture(join(pictures, name, `${name}-${i}.png`), `${background}${(255 - i).toString(16)}`, 20 + i)
  }
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function picture(file: string, background: string, side = 24): Promise<void> {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(
    file,
    await sharp({ create: { width: side, height: side, channels: background.length > 7 ? 4 : 3, background } })
      .toFormat(file.endsWith('.jpg') ? 'jpeg' : 'png')
      .toBuffer(),
  )
}

let imports = 0
async function imported(source: string, given: Partial<ImportRequestInput> = {}, signal?: AbortSignal) {
  const request = importRequest.parse({ name: `set-${++imports}`, ...given })
  const note = await importDataset({ home, source, request, signal })
  return { note, report: await readReport(home, request.name), dataset: await openDataset(request.name, { home }) }
}

describe('importing images', () => {
  it('makes a dataset of a folder a class: stratified, in the size of the images, with their colours', async () => {
    const { note, report, dataset } = await imported(pictures)
    expect(note).toMatchObject({
      classes: ['blue', 'green', 'red'],
      trainCount: 24,
      testCount: 6,
      refused: 0,
      channels: 3,
    })
    expect([note.height, note.width]).toEqual([28, 28])
    expect(dataset.train.classCounts).toEqual([8, 8, 8])
    expect(dataset.test.classCounts).toEqual([2, 2, 2])
    const red = dataset.train.labels.indexOf(2) * 28 * 28 * 3
    expect(dataset.train.pixels[red]).toBeGreaterThan(0xcf)
    expect(dataset.train.pixels[red + 2]).toBeLessThan(0x20)
    expect(report.refused).toEqual([])
    expect(await describeDataset(findDataset(note.name, home), { home })).toMatchObject({
      imported: true,
      problem: null,
    })
    const again = await imported(pictures)
    expect(again.note.fingerprint).toBe(note.fingerprint)
    expect((await imported(pictures, { seed: 2 })).note.fingerprint).not.toBe(note.fingerprint)
  })

  it('reads the same from zip, tar and tar.gz as from the folder, also one that the archive wraps in a folder', async () => {
    const files = ['red', 'green', 'blue']
      .flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}/${name}-${i}.png`))
      .sort()
    const zip = join(home, 'pictures.zip')
    writeFileSync(
      zip,
      storedZip(files.map((path) => ({ path: `wrapped/${path}`, bytes: readFileSync(join(pictures, path)) }))),
    )
    const tar = pack()
    for (const path of files) tar.entry({ name: path }, readFileSync(join(pictures, path)))
    tar.finalize()
    const pieces: Buffer[] = []
    for await (const piece of tar) pieces.push(piece as Buffer)
    writeFileSync(join(home, 'pictures.tar'), Buffer.concat(pieces))
    writeFileSync(join(home, 'pictures.tgz'), gzipSync(Buffer.concat(pieces)))
    const { note } = await imported(pictures)
    for (const source of [zip, join(home, 'pictures.tar'), join(home, 'pictures.tgz')]) {
      expect((await imported(source)).note.fingerprint, source).toBe(note.fingerprint)
    }
  })

  it('takes classes and split from labels.csv, and tells of labels without files and files without labels', async () => {
    const folder = join(home, 'labelled')
    for (let i = 0; i < 6; i++) await picture(join(folder, 'images', `${i}.png`), i % 2 ? '#ffffff' : '#000000')
    const rows = [0, 1, 2, 3].map(
      (i) => `images/${i}.png,"${i % 2 ? 'white, really' : 'black'}",${i < 2 ? 'train' : 'test'}`,
    )
    writeFileSync(join(folder, 'labels.csv'), ['file,label,split', ...rows, 'images/9.png,black,train'].join('\r\n'))
    const { note, report } = await imported(folder)
    expect(note).toMatchObject({ classes: ['black', 'white, really'], trainCount: 2, testCount: 2 })
    expect(report.refused.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      'images/4.png: labels.csv gives it no label',
      'images/5.png: labels.csv gives it no label',
      'images/9.png: labels.csv gives it a label, but there is no such image',
    ])
    writeFileSync(join(folder, 'labels.csv'), 'a,b\n1,2\n')
    await expect(imported(folder)).rejects.toMatchObject({
      code: 'file-damaged',
      message: expect.stringContaining('columns file and label') as string,
    })
  })

  it('refuses each bad file with its reason and goes on', async () => {
    const folder = join(home, 'bad')
    cpSync(pictures, folder, { recursive: true })
    mkdirSync(join(folder, 'empty'))
    await picture(join(folder, 'single', 'one.png'), '#808080')
    writeFileSync(join(folder, 'red', 'text.png'), 'this is text')
    writeFileSync(join(folder, 'red', 'nothing.png'), '')
    writeFileSync(
      join(folder, 'red', 'cut.jpg'),
      (
        await sharp({ create: { width: 300, height: 300, channels: 3, background: '#123456' } })
          .jpeg()
          .toBuffer()
      ).subarray(0, 400),
    )
    writeFileSync(join(folder, 'red', 'notes.txt'), 'notes')
    writeFileSync(join(folder, 'top.png'), readFileSync(join(pictures, 'red', 'red-0.png')))
    writeFileSync(
      join(folder, 'red', 'huge.png'),
      await sharp({
        create: { width: 14_000, height: 14_000, channels: 3, background: '#000000' },
        limitInputPixels: false,
      })
        .png({ compressionLevel: 1 })
        .toBuffer(),
    )
    symlinkSync('/etc/passwd', join(folder, 'red', 'link.png'))
    symlinkSync('..', join(folder, 'loop'))
    const frames = Buffer.alloc(16 * 48 * 3, 200)
    frames.fill(10, 16 * 16 * 3)
    frames.fill(90, 2 * 16 * 16 * 3)
    writeFileSync(
      join(folder, 'red', 'moving.gif'),
      await sharp(frames, { raw: { width: 16, height: 48, channels: 3, pageHeight: 16 } })
        .gif()
        .toBuffer(),
    )
    const { note, report } = await imported(folder)
    const reasons = new Map(report.refused.map(({ path, reason }) => [path, reason]))
    expect(reasons.get('red/text.png')).toMatch(/not an image that can be read/)
    expect(reasons.get('red/nothing.png')).toBe('an empty file')
    expect(reasons.get('red/cut.jpg')).toBe('damaged or cut short')
    expect(reasons.get('red/notes.txt')).toMatch(/not an image/)
    expect(reasons.get('top.png')).toMatch(/no folder/)
    expect(reasons.get('red/huge.png')).toBe('more than 100 million pixels')
    expect(reasons.get('red/link.png')).toBe('a symbolic link')
    expect(reasons.get('loop')).toBe('a symbolic link')
    expect(note.classes).toEqual(['blue', 'green', 'red', 'single'])
    const notes = report.notes.map(({ path, reason }) => `${path}: ${reason}`)
    expect(notes).toContain('single: a class of one image: it is used for training, never for testing')
    expect(notes).toContain('red/moving.gif: an animation of 3 frames: the first one was taken')
    expect(note.trainCount + note.testCount).toBe(32)
    expect(report.total).toBe(report.refused.length)
  })

  it('never follows names of an archive, and refuses bombs and doubles', async () => {
    const png = readFileSync(join(pictures, 'red', 'red-0.png'))
    const zip = join(home, 'hostile.zip')
    const entries = ['a', 'b'].flatMap((name) => [0, 1, 2].map((i) => ({ path: `${name}/${i}.png`, bytes: png })))
    const hostile = [
      ...['../../outside.png', '/absolute.png', 'a\\..\\b.png', 'C:/x.png'].map((path) => ({ path, bytes: png })),
      { path: 'a/0.png', bytes: png },
      { path: 'a/bomb.png', bytes: Buffer.alloc(8 * 2 ** 20), deflate: true },
    ]
    writeFileSync(zip, storedZip([...entries, ...hostile]))
    const { note, report } = await imported(zip)
    expect(note.trainCount + note.testCount).toBe(6)
    const reasons = report.refused.map(({ path, reason }) => `${path}: ${reason}`).join('\n')
    expect(reasons).toMatch(/outside\.png: a name that leads outside/)
    expect(reasons).toMatch(/\/absolute\.png: a name that is an absolute path/)
    expect(reasons).toMatch(/a\/0\.png: a second file of this name/)
    expect(reasons).toMatch(/bomb\.png: it unpacks to more than 200 times its size/)
    expect(existsSync(join(home, '..', 'outside.png'))).toBe(false)
    writeFileSync(zip, readFileSync(zip).subarray(0, 300))
    await expect(imported(zip)).rejects.toMatchObject({ code: 'file-damaged' })
  })

  it('refuses links, devices and names that lead outside of a tar, and encrypted or linked files of a zip', async () => {
    const png = readFileSync(join(pictures, 'red', 'red-0.png'))
    const tar = pack()
    for (const name of ['a', 'b']) for (const i of [0, 1]) tar.entry({ name: `./${name}/${i}.png` }, png)
    tar.entry({ name: '../outside.png' }, png)
    tar.entry({ name: '/absolute.png' }, png)
    tar.entry({ name: 'a/link.png', type: 'symlink', linkname: '/etc/passwd' })
    tar.entry({ name: 'a/hard.png', type: 'link', linkname: 'a/0.png' })
    tar.entry({ name: 'a/device.png', type: 'character-device' })
    tar.entry({ name: 'a/0.png' }, png)
    tar.finalize()
    const pieces: Buffer[] = []
    for await (const piece of tar) pieces.push(piece as Buffer)
    const file = join(home, 'hostile.tar')
    writeFileSync(file, Buffer.concat(pieces))
    const { note, report } = await imported(file)
    expect(note.trainCount + note.testCount).toBe(4)
    expect(report.refused.map(({ path, reason }) => `${path}: ${reason}`).sort()).toEqual([
      '../outside.png: a name that leads outside of the archive',
      '/absolute.png: a name that is an absolute path',
      'a/0.png: a second file of this name',
      'a/device.png: neither a file nor a folder',
      'a/hard.png: a link',
      'a/link.png: a link',
    ])
    expect(existsSync(join(home, '..', 'outside.png'))).toBe(false)
    // What ends early is no archive.
    writeFileSync(file, Buffer.concat(pieces).subarray(0, 1500))
    await expect(imported(file)).rejects.toMatchObject({ code: 'file-damaged' })

    const zip = join(home, 'linked.zip')
    const good = ['a', 'b'].flatMap((name) => [0, 1].map((i) => ({ path: `${name}/${i}.png`, bytes: png })))
    const link = { path: 'a/link.png', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }
    writeFileSync(zip, storedZip([...good, link, { path: 'a/secret.png', bytes: png, encrypted: true }]))
    const reasons = (await imported(zip)).report.refused.map(({ path, reason }) => `${path}: ${reason}`)
    expect(reasons).toEqual(['a/link.png: a symbolic link', 'a/secret.png: encrypted'])
  })

  it('takes a table of labels as the source, and looks at nothing that it does not name', async () => {
    const folder = join(home, 'table')
    for (let i = 0; i < 6; i++) await picture(join(folder, 'images', `${i}.png`), i % 2 ? '#ffffff' : '#000000')
    await picture(join(folder, 'other', 'unnamed.png'), '#ff0000')
    symlinkSync(join(folder, 'images'), join(folder, 'linked'))
    symlinkSync(join(folder, 'images', '0.png'), join(folder, 'one.png'))
    symlinkSync(pictures, join(folder, 'away'))
    const named = [0, 1, 2, 3].map((i) => `.\\images\\${i}.png,${i % 2 ? 'white' : 'black'}`)
    const hostile = ['../pictures/red/red-0.png', '/etc/passwd', 'one.png', 'away/red/red-0.png', 'images/9.png']
    const table = join(folder, 'classes.csv')
    writeFileSync(table, ['file,label', ...named, ...hostile.map((path) => `${path},black`)].join('\n'))
    const { note, report } = await imported(table)
    expect(note).toMatchObject({ classes: ['black', 'white'], source: table })
    expect(note.trainCount + note.testCount).toBe(4)
    expect(report.refused.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      '../pictures/red/red-0.png: a name that leads outside of the archive',
      '/etc/passwd: a name that is an absolute path',
      'one.png: a symbolic link',
      'away/red/red-0.png: a name that leads outside of the folder',
      'images/9.png: classes.csv gives it a label, but there is no such image',
    ])
    writeFileSync(table, 'no table')
    await expect(imported(table)).rejects.toMatchObject({ code: 'file-damaged' })
  })

  it('goes by folders or by the table as it is told', async () => {
    const folder = join(home, 'both')
    for (const name of ['x', 'y'])
      for (let i = 0; i < 3; i++) await picture(join(folder, name, `${name}${i}.png`), '#808080')
    await expect(imported(folder, { labels: 'file' })).rejects.toMatchObject({ code: 'no-images' })
    const rows = ['x', 'y'].flatMap((name) => [0, 1, 2].map((i) => `${name}/${name}${i}.png,${i ? 'odd' : 'even'}`))
    writeFileSync(join(folder, 'labels.csv'), ['file,label', ...rows].join('\n'))
    expect((await imported(folder)).note.classes).toEqual(['even', 'odd'])
    expect((await imported(folder, { labels: 'file' })).note.classes).toEqual(['even', 'odd'])
    expect((await imported(folder, { labels: 'folders' })).note.classes).toEqual(['x', 'y'])
  })

  it('says what is wrong with a source as a whole', async () => {
    mkdirSync(join(home, 'nothing'))
    await expect(imported(join(home, 'nothing'))).rejects.toMatchObject({ code: 'no-images' })
    await expect(imported(join(home, 'not-there'))).rejects.toMatchObject({ code: 'file-not-found' })
    writeFileSync(join(home, 'text.zip'), 'text')
    await expect(imported(join(home, 'text.zip'))).rejects.toMatchObject({ code: 'file-damaged' })
    await expect(imported(join(pictures, 'red'))).rejects.toMatchObject({ code: 'no-images' })
  })

  it('goes on after it was cancelled, with the same result', async () => {
    const { note } = await imported(pictures)
    const request = importRequest.parse({ name: 'resumed' })
    const cancel = new AbortController()
    const first = importDataset({
      home,
      source: pictures,
      request,
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    })
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    const journal = join(importFolder(home, 'resumed'), 'journal')
    const done = readFileSync(journal, 'utf8').split('\n').length - 1
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(30)
    // What a kill leaves: half a line, and pixels that no line speaks of.
    writeFileSync(journal, `${readFileSync(journal, 'utf8')}["+","hal`)
    expect((await importDataset({ home, source: pictures, request })).fingerprint).toBe(note.fingerprint)
  })

  it.skipIf(process.platform === 'win32')('tells of files and folders it may not read', async () => {
    const folder = join(home, 'locked')
    cpSync(pictures, folder, { recursive: true })
    chmodSync(join(folder, 'red', 'red-0.png'), 0)
    mkdirSync(join(folder, 'secret'), { mode: 0 })
    const { note, report } = await asOrdinaryUser(home, () => imported(folder))
    expect(report.refused).toEqual([
      { path: 'secret', reason: 'the folder cannot be read' },
      { path: 'red/red-0.png', reason: 'no permission to read it' },
    ])
    expect(note.trainCount + note.testCount).toBe(29)
    const closed = join(home, 'closed.zip')
    writeFileSync(closed, 'PK', { mode: 0 })
    await expect(asOrdinaryUser(home, () => imported(closed))).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('keeps to its rule for orientation, transparency, grey and 16 bits', async () => {
    const folder = join(home, 'kinds')
    for (const name of ['x', 'y']) await picture(join(folder, name, 'plain.png'), '#000000', 8)
    const half = Buffer.alloc(8 * 8 * 3)
    half.fill(255, 0, 8 * 4 * 3)
    const raw = { raw: { width: 8, height: 8, channels: 3 } } as const
    writeFileSync(
      join(folder, 'x', 'turned.jpg'),
      await sharp(half, raw).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer(),
    )
    writeFileSync(
      join(folder, 'x', 'clear.png'),
      await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
        .png()
        .toBuffer(),
    )
    writeFileSync(
      join(folder, 'x', 'grey.png'),
      await sharp(Buffer.alloc(64, 77), { raw: { width: 8, height: 8, channels: 1 } })
        .png()
        .toBuffer(),
    )
    writeFileSync(
      join(folder, 'x', 'cmyk.jpg'),
      await sharp({ create: { width: 8, height: 8, channels: 3, background: '#ff0000' } })
        .toColourspace('cmyk')
        .jpeg({ quality: 100 })
        .toBuffer(),
    )
    writeFileSync(join(folder, 'y', 'bitmap.bmp'), bitmap(8, 8, [10, 200, 30]))
    const { dataset, report } = await imported(folder, { testShare: 0.01 })
    expect(report.refused).toEqual([])
    const images = [dataset.train, dataset.test].flatMap((split) =>
      Array.from({ length: split.count }, (_, i) => [...split.pixels.subarray(i * 192, (i + 1) * 192)]),
    )
    const has = (test: (image: number[]) => boolean) => images.filter(test).length
    expect(
      has((image) => image.every((value) => value === 255)),
      'clear is white',
    ).toBe(1)
    expect(
      has((image) => image.every((value) => value === 77)),
      'grey in three channels',
    ).toBe(1)
    expect(
      has((image) => image[0] === 10 && image[1] === 200 && image[2] === 30),
      'bitmap',
    ).toBe(1)
    // White on top, turned a quarter clockwise: white on the right.
    expect(
      has((image) => image[0]! < 60 && image[21]! > 200 && image[168]! < 60 && image[189]! > 200),
      'turned',
    ).toBe(1)
    expect(
      has((image) => image[0]! > 150 && image[1]! < 90 && image[2]! < 90),
      'CMYK becomes red',
    ).toBe(1)
  })

  it('reads bitmaps and refuses broken ones', () => {
    expect([...readBmp(bitmap(3, 2, [1, 2, 3]), 100).pixels]).toEqual([
      1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3,
    ])
    expect(() => readBmp(bitmap(30, 20, [1, 2, 3]).subarray(0, 200), 1000)).toThrow(/truncated/)
    expect(() => readBmp(bitmap(30, 20, [1, 2, 3]), 100)).toThrow(/pixel limit/)
  })
})

function bitmap(width: number, height: number, [r, g, b]: readonly [number, number, number]): Buffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4
  const bytes = Buffer.alloc(54 + rowBytes * height)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set([b, g, r], 54 + y * rowBytes + 3 * x)
  return bytes
}
