/**
 * Imports images into a dataset of the home folder: lists them, decodes each once, splits by class, and writes one pixel file. What is done is
 * noted as it goes (pixels first, then the journal), so that an import that was cancelled or killed goes on where it was. Memory holds paths and
 * labels, and a few images at a time.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import { permutation } from '../../../experiments/random/counter-random.ts'
import { throwIfCancelled, writeFault } from '../../files/file-faults.ts'
import { datasetFolder } from '../idx-source.ts'
import { PixelFileWriter } from '../pixel-file-writer.ts'
import { maxPixelBytes } from '../pixel-file.ts'
import { atMostEvery } from '../prepare-dataset.ts'
import { decodeImage, lookAtImage, type StoredShape } from './decode-image.ts'
import { openImageSource, type ImageSource, type SourceFile } from './image-source.ts'
import { importLimits, type ImportRequest } from './import-options.ts'
import { commonFolder, folderLabel, labelFileNames, readLabelFile, type FileLabel } from './label-files.ts'
import { importFolder, type ImportedNote, type ImportReport } from './imported-note.ts'

export interface ImportOptions {
  readonly home: string
  /** A folder, zip or tar file. */
  readonly source: string
  readonly request: ImportRequest
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

interface Listing {
  /** In the order of the walk; undefined for what has no class or is no image. */
  readonly labels: readonly (FileLabel | undefined)[]
  readonly refused: { readonly path: string; readonly reason: string }[]
  readonly wanted: number
  readonly identity: string
}

const imageName = /\.(jpe?g|png|webp|gif|bmp)$/i
/** Images whose headers decide size and colour where the request does not. */
const looked = 200
const usualSides = [28, 32, 48, 64, 96, 128, 160, 192, 224]

/** @throws StudioError `cancelled`, `no-images`, `file-damaged`, `too-large`, `disk-full` and what reading the source gives */
export async function importDataset(options: ImportOptions): Promise<ImportedNote> {
  const { home, request, signal } = options
  const source = await openImageSource(options.source)
  const listing = await list(options.source, source, request.labels, signal)
  if (listing.wanted === 0) {
    throw new StudioError(
      'no-images',
      `${options.source}: no image with a class was found among ${listing.labels.length} files. ${firstReasons(listing.refused)}`,
      { file: options.source },
    )
  }
  const folder = importFolder(home, request.name)
  const work = await Unfinished.open(folder, { ...listing, source: options.source, request }, () =>
    chooseShape(source, listing, request, signal),
  )
  try {
    await decodeAll(source, listing, work, options)
  } finally {
    await work.close()
  }
  return finish(options, listing, work)
}

async function list(
  where: string,
  source: ImageSource,
  choice: ImportRequest['labels'],
  signal: AbortSignal | undefined,
): Promise<Listing> {
  const paths: string[] = []
  const usable: boolean[] = []
  const refused: { path: string; reason: string }[] = []
  let labelFile: { readonly name: string; readonly text: string } | undefined
  const seen = new Set<string>()
  for await (const file of source.files()) {
    throwIfCancelled(signal, 'the import')
    const reason = file.refused ?? (seen.has(file.path) ? 'a second file of this name' : undefined)
    seen.add(file.path)
    if (reason !== undefined) refused.push({ path: file.path, reason })
    const name = file.path.split('/').at(-1) ?? ''
    const isTop = file.path.split('/').length <= 2
    const isLabelFile =
      source.labelFile === undefined
        ? isTop && labelFileNames.includes(name.toLowerCase())
        : file.path === source.labelFile
    if (reason === undefined && isLabelFile && choice !== 'folders') {
      labelFile ??= { name: file.path, text: (await file.read()).toString('utf8') }
    } else if (reason === undefined && !imageName.test(name)) {
      refused.push({ path: file.path, reason: 'not an image: JPEG, PNG, WebP, GIF and BMP are read' })
    }
    paths.push(file.path)
    usable.push(reason === undefined && imageName.test(name))
    if (paths.length > importLimits.files) {
      throw new StudioError('too-large', `${where}: more than ${importLimits.files} files`, {
        limit: importLimits.files,
      })
    }
  }
  if (choice === 'file' && !labelFile) {
    throw new StudioError('no-images', `${where}: it has no ${labelFileNames.join(', ')} at its top`, {
      path: 'labels',
    })
  }
  const labels = labelFile
    ? fromLabelFile(where, labelFile, paths, usable, refused)
    : fromFolders(paths, usable, refused)
  const classes = new Set(labels.flatMap((label) => (label ? [label.className] : [])))
  if (classes.size > importLimits.classes) {
    throw new StudioError(
      'too-large',
      `${where}: ${classes.size} classes; at most ${importLimits.classes} are taken`,
      {},
    )
  }
  const identity = createHash('sha256')
  paths.forEach((path, i) => identity.update(`${path}\0${labels[i]?.className ?? ''}\n`))
  return { labels, refused, wanted: labels.filter(Boolean).length, identity: identity.digest('hex') }
}

function fromFolders(
  paths: readonly string[],
  usable: readonly boolean[],
  refused: Listing['refused'],
): Listing['labels'] {
  const prefix = commonFolder(paths.filter((_, i) => usable[i]))
  return paths.map((path, i) => {
    if (!usable[i]) return undefined
    const label = folderLabel(path, prefix)
    if (!label) refused.push({ path, reason: 'it lies in no folder that would name its class' })
    return label
  })
}

function fromLabelFile(
  where: string,
  { name, text }: { readonly name: string; readonly text: string },
  paths: readonly string[],
  usable: readonly boolean[],
  refused: Listing['refused'],
): Listing['labels'] {
  let given: ReadonlyMap<string, FileLabel>
  try {
    given = readLabelFile(name, text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StudioError('file-damaged', `${where}/${name}: ${reason}`, { file: name }, cause)
  }
  const base = name.split('/').slice(0, -1).join('/')
  const used = new Set<string>()
  const labels = paths.map((path, i) => {
    if (!usable[i]) return undefined
    const key = base === '' ? path : path.slice(base.length + 1)
    const found = [key, path, path.split('/').at(-1) ?? ''].find((candidate) => given.has(candidate))
    if (found === undefined) {
      refused.push({ path, reason: `${name} gives it no label` })
      return undefined
    }
    used.add(found)
    return given.get(found)
  })
  const told = new Set(refused.map(({ path }) => path))
  for (const file of given.keys())
    if (!used.has(file) && !told.has(file))
      refused.push({ path: file, reason: `${name} gives it a label, but there is no such image` })
  return labels
}

async function chooseShape(
  source: ImageSource,
  { labels }: Listing,
  request: ImportRequest,
  signal: AbortSignal | undefined,
): Promise<StoredShape> {
  const found: { readonly height: number; readonly width: number; readonly isGrey: boolean }[] = []
  let i = 0
  for await (const file of source.files()) {
    throwIfCancelled(signal, 'the import')
    if (!labels[i++]) continue
    const image = await file
      .read()
      .then(lookAtImage)
      .catch(() => undefined)
    if (image) found.push(image)
    if (found.length >= looked) break
  }
  const channels =
    request.colour === 'auto'
      ? found.length > 0 && found.every(({ isGrey }) => isGrey)
        ? 1
        : 3
      : request.colour === 'grey'
        ? 1
        : 3
  if (request.size) return { ...request.size, channels }
  const [first] = found
  const isAlike = first && found.every(({ height, width }) => height === first.height && width === first.width)
  if (isAlike && Math.max(first.height, first.width) <= 256)
    return { height: first.height, width: first.width, channels }
  const sides = found.map(({ height, width }) => Math.min(height, width)).sort((a, b) => a - b)
  const middle = sides[Math.floor(sides.length / 2)] ?? 32
  const side = usualSides.filter((usual) => usual <= middle).at(-1) ?? 28
  return { height: side, width: side, channels }
}

/** Decodes what is not done yet, several at once, and keeps the order. */
async function decodeAll(
  source: ImageSource,
  listing: Listing,
  work: Unfinished,
  options: ImportOptions,
): Promise<void> {
  const { request, signal } = options
  const report = atMostEvery(100, (done, total) => options.onProgress?.(done, total))
  const ahead: Promise<Decoded>[] = []
  const most = Math.max(2, os.availableParallelism())
  let position = 0
  let taken = 0
  const takeOne = async (): Promise<void> => {
    const decoded = await (ahead.shift() as Promise<Decoded>)
    await work.add(decoded)
    report(++taken, listing.wanted)
  }
  try {
    for await (const file of source.files()) {
      const label = listing.labels[position++]
      if (!label) continue
      throwIfCancelled(signal, 'the import')
      if (taken + ahead.length < work.done) {
        taken += 1
        continue
      }
      // Files of an archive must be read while the walk stands at them; decoding may go on beside it.
      const bytes = await file.read().catch((cause: unknown) => reasonFor(cause))
      ahead.push(decode(file, bytes, work.shape, request.fit))
      if (ahead.length >= most) await takeOne()
    }
    while (ahead.length > 0) await takeOne()
  } finally {
    await Promise.allSettled(ahead)
  }
}

type Decoded = { readonly path: string } & (
  { readonly pixels: Buffer; readonly note?: string } | { readonly reason: string }
)

async function decode(
  file: SourceFile,
  bytes: Buffer | string,
  shape: StoredShape,
  fit: ImportRequest['fit'],
): Promise<Decoded> {
  const { path } = file
  if (typeof bytes === 'string') return { path, reason: bytes }
  try {
    const { frames } = await lookAtImage(bytes)
    const pixels = await decodeImage(bytes, shape, fit)
    return { path, pixels, ...(frames > 1 && { note: `an animation of ${frames} frames: the first one was taken` }) }
  } catch (cause) {
    return { path, reason: reasonFor(cause) }
  }
}

function reasonFor(cause: unknown): string {
  const message = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? ''
  if (message.includes('exceeds pixel limit')) return `more than ${importLimits.pixels / 1e6} million pixels`
  if (message.includes('unsupported image format')) return 'not an image that can be read, whatever its name says'
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it'
  // Several images are decoded at once and share the decoder's buffer of messages, so that one of them may find it empty.
  // What a decoder says of damaged bytes ("vipspng: libpng read error", "pngload_buffer: …") helps nobody to mend them.
  const isDamaged = message === 'Unknown error' || /^(vips|\w+load)/i.test(message)
  return isDamaged ? 'damaged or cut short' : message.slice(0, 200)
}

/** The folder of an import under way: the shape it chose, raw pixels in order, and one line for each file that was dealt with. */
class Unfinished {
  readonly folder: string
  readonly shape: StoredShape
  /** Files dealt with in earlier attempts. */
  readonly done: number
  readonly #pixels: FileHandle
  readonly #journal: FileHandle
  #waitingPixels: Buffer[] = []
  #waitingLines: string[] = []

  private constructor(folder: string, shape: StoredShape, done: number, pixels: FileHandle, journal: FileHandle) {
    this.folder = folder
    this.shape = shape
    this.done = done
    this.#pixels = pixels
    this.#journal = journal
  }

  static async open(
    folder: string,
    plan: { identity: string; source: string; request: ImportRequest; wanted: number },
    choose: () => Promise<StoredShape>,
  ): Promise<Unfinished> {
    const planFile = join(folder, 'plan.json')
    const key = { identity: plan.identity, source: plan.source, request: plan.request }
    const known = await readFile(planFile, 'utf8')
      .then((text) => JSON.parse(text) as { key?: unknown; shape?: StoredShape })
      .catch(() => undefined)
    const isSame = known?.shape !== undefined && JSON.stringify(known.key) === JSON.stringify(key)
    const shape = isSame && known.shape ? known.shape : await choose()
    try {
      if (!isSame) {
        await rm(folder, { recursive: true, force: true })
        await mkdir(folder, { recursive: true })
        await writeFile(join(folder, 'journal'), '')
        await writeFile(join(folder, 'pixels'), '')
        await writeFile(planFile, JSON.stringify({ key, shape, wanted: plan.wanted }))
      }
      const pixels = await open(join(folder, 'pixels'), 'r+')
      const journal = await open(join(folder, 'journal'), 'r+')
      const done = await truncateToWhole(pixels, journal, shape)
      return new Unfinished(folder, shape, done, pixels, journal)
    } catch (cause) {
      throw writeFault(folder, cause)
    }
  }

  async add(decoded: Decoded): Promise<void> {
    if ('pixels' in decoded) this.#waitingPixels.push(decoded.pixels)
    const note = 'pixels' in decoded ? ['+', decoded.note ?? ''] : ['-', decoded.reason]
    this.#waitingLines.push(JSON.stringify([note[0], note[1] === '' ? '' : decoded.path, note[1]]))
    if (this.#waitingLines.length >= 256) await this.#flush()
  }

  async close(): Promise<void> {
    try {
      await this.#flush()
    } finally {
      await this.#pixels.close()
      await this.#journal.close()
    }
  }

  async #flush(): Promise<void> {
    const pixels = this.#waitingPixels
    const lines = this.#waitingLines
    this.#waitingPixels = []
    this.#waitingLines = []
    try {
      // In this order: a line never promises pixels that are not there.
      const { size } = await this.#pixels.stat()
      await writeAll(this.#pixels, Buffer.concat(pixels), size)
      const { size: journalSize } = await this.#journal.stat()
      await writeAll(this.#journal, Buffer.from(lines.map((line) => `${line}\n`).join('')), journalSize)
    } catch (cause) {
      throw writeFault(this.folder, cause)
    }
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten
}

/** Cuts off what a kill left half; returns the number of files dealt with. */
async function truncateToWhole(
  pixels: FileHandle,
  journal: FileHandle,
  { height, width, channels }: StoredShape,
): Promise<number> {
  const { size } = await pixels.stat()
  const imageBytes = height * width * channels
  const text = await journal.readFile('utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  let accepted = 0
  let done = 0
  let bytes = 0
  for (const line of whole.split('\n').slice(0, -1)) {
    const isImage = line.startsWith('["+"')
    if (isImage && (accepted + 1) * imageBytes > size) break
    accepted += isImage ? 1 : 0
    done += 1
    bytes += Buffer.byteLength(line) + 1
  }
  await journal.truncate(bytes)
  await pixels.truncate(accepted * imageBytes)
  return done
}

/** Splits what was decoded, writes the pixel file, and puts the dataset in its place. */
async function finish(options: ImportOptions, listing: Listing, work: Unfinished): Promise<ImportedNote> {
  const { home, request, signal } = options
  const { shape } = work
  const journal = (await readFile(join(work.folder, 'journal'), 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as [string, string, string])
  const wanted = listing.labels.filter((label): label is FileLabel => label !== undefined)
  const kept = wanted.filter((_, i) => journal[i]?.[0] === '+')
  const refused = [
    ...listing.refused,
    ...journal.filter(([mark]) => mark === '-').map(([, path, reason]) => ({ path, reason })),
  ]
  const notes = journal
    .filter(([mark, , note]) => mark === '+' && note !== '')
    .map(([, path, reason]) => ({ path, reason }))
  const named = [...new Set(wanted.map(({ className }) => className))]
  const classes = [...new Set(kept.map(({ className }) => className))].sort(byNumberAndName)
  for (const name of named.filter((one) => !classes.includes(one))) {
    notes.push({ path: name, reason: 'a class without a single usable image: left out' })
  }
  if (classes.length < 2) {
    throw new StudioError(
      'no-images',
      `${options.source}: expected images of at least two classes, found ${classes.length === 0 ? 'none' : `only "${classes[0]}"`}. ${firstReasons(refused)}`,
      { classes: [...classes] },
    )
  }
  const position = new Map(classes.map((name, i) => [name, i]))
  const labels = Uint16Array.from(kept, ({ className }) => position.get(className) as number)
  const imageBytes = shape.height * shape.width * shape.channels
  if (labels.length * imageBytes > maxPixelBytes)
    throw new StudioError(
      'too-large',
      `${labels.length} images of ${shape.height} x ${shape.width} are too many bytes; choose a smaller size`,
      {},
    )
  const isTest = chooseTest(kept, labels, classes.length, request)
  for (const [i, name] of classes.entries()) {
    if (labels.filter((label) => label === i).length === 1)
      notes.push({ path: name, reason: 'a class of one image: it is used for training, never for testing' })
  }
  const staging = join(work.folder, 'dataset')
  await rm(staging, { recursive: true, force: true })
  const writer = await PixelFileWriter.create(staging, 'data', { ...shape, classCount: classes.length })
  const pixels = await open(join(work.folder, 'pixels'), 'r')
  try {
    for (const split of ['train', 'test'] as const) {
      const isIn = (i: number): boolean => (isTest[i] === 1) === (split === 'test')
      await writer.writeSplit(
        split,
        labels.filter((_, i) => isIn(i)),
        pick(pixels, labels.length, imageBytes, isIn, signal),
      )
    }
    const index = await writer.finish(() => join(staging, 'data.pixels'))
    const note: ImportedNote = {
      ...{ version: 1, name: request.name, title: request.title ?? titleOf(request.name), ...shape, classes },
      ...{ trainCount: index.train.count, testCount: index.test.count, fingerprint: index.fingerprint },
      ...{ source: options.source, importedAt: Date.now(), refused: refused.length },
    }
    const report: ImportReport = {
      total: refused.length,
      refused: refused.slice(0, importLimits.reported),
      notes: notes.slice(0, importLimits.reported),
    }
    await writeFile(join(staging, 'report.json'), JSON.stringify(report))
    await writeFile(join(staging, 'dataset.json'), JSON.stringify(note, null, 1))
    await mkdir(join(home, 'datasets'), { recursive: true })
    await rename(staging, datasetFolder(home, request.name))
    return note
  } catch (cause) {
    throw writeFault(staging, cause)
  } finally {
    await pixels.close()
    await writer.discard()
  }
}

function firstReasons(refused: readonly { readonly path: string; readonly reason: string }[]): string {
  return refused.length === 0
    ? ''
    : `${refused.length} files were refused, the first: ${refused[0]!.path}: ${refused[0]!.reason}`
}

/** As the source says; the rest by share of each class, which keeps at least one example for training. */
function chooseTest(
  kept: readonly FileLabel[],
  labels: Uint16Array,
  classCount: number,
  { testShare, seed }: ImportRequest,
): Uint8Array {
  const isTest = Uint8Array.from(kept, ({ split }) => (split === 'test' ? 1 : 0))
  if (isTest.includes(1)) return isTest
  const members = Array.from({ length: classCount }, (): number[] => [])
  labels.forEach((label, i) => void (members[label] as number[]).push(i))
  members.forEach((examples, label) => {
    const count = Math.min(Math.max(1, Math.round(examples.length * testShare)), examples.length - 1)
    for (const at of permutation(seed, 'data/import', label, examples.length).subarray(0, count))
      isTest[examples[at] as number] = 1
  })
  return isTest
}

async function* pick(
  pixels: FileHandle,
  count: number,
  imageBytes: number,
  isIn: (i: number) => boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const atOnce = Math.max(1, Math.floor(2 ** 22 / imageBytes))
  for (let start = 0; start < count; start += atOnce) {
    throwIfCancelled(signal, 'the import')
    const images = Math.min(atOnce, count - start)
    const { buffer } = await pixels.read(Buffer.alloc(images * imageBytes), 0, images * imageBytes, start * imageBytes)
    for (let i = 0; i < images; i++) {
      if (isIn(start + i)) yield buffer.subarray(i * imageBytes, (i + 1) * imageBytes)
    }
  }
}

function byNumberAndName(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  if (Number.isFinite(x) && Number.isFinite(y) && x !== y) return x - y
  return a < b ? -1 : a > b ? 1 : 0
}

function titleOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
}
