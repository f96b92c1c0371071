/**
 * A folder of real icons: those that the window itself uses, drawn as images, a folder for each family. They are on every machine that can
 * build the studio, and their shapes differ enough to be learnt and little enough to be no joke.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

const icons = join(import.meta.dirname, '..', '..', '..', 'node_modules', '@lucide', 'svelte', 'dist', 'icons')

export interface IconOptions {
  /** Beginnings of names: each is a class. */
  readonly families: readonly string[]
  readonly side: number
  /** Each icon is drawn once in each. */
  readonly colours: readonly string[]
}

/** @returns how many images were written */
export async function drawIcons(folder: string, { families, side, colours }: IconOptions): Promise<number> {
  const names = (await readdir(icons)).filter((name) => name.endsWith('.svelte')).sort()
  let count = 0
  for (const family of families) {
    await mkdir(join(folder, family), { recursive: true })
    for (const name of names.filter((one) => one.startsWith(`${family}-`))) {
      const svg = await readSvg(join(icons, name))
      for (const [i, colour] of colours.entries()) {
        const image = sharp(Buffer.from(svg.replace('stroke="#000"', `stroke="${colour}"`)), {
          density: 72 * (side / 24),
        })
        await image
          .resize(side, side)
          .flatten({ background: '#ffffff' })
          .png()
          .toFile(join(folder, family, `${name.replace('.svelte', '')}-${i}.png`))
        count += 1
      }
    }
  }
  return count
}

/** The drawing stands in the comment of each component. */
async function readSvg(file: string): Promise<string> {
  const [, encoded] = /data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)/.exec(await readFile(file, 'utf8')) ?? []
  if (encoded === undefined) throw new Error(`${file} holds no drawing`)
  return Buffer.from(encoded, 'base64').toString('utf8')
}

/** Files that no import should take, each for another reason. */
export async function addBadFiles(folder: string, family: string): Promise<void> {
  await writeFile(join(folder, family, 'broken.png'), 'this is text')
  await writeFile(join(folder, family, 'notes.txt'), 'notes')
}
