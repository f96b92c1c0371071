/**
 * Sources of images that the user chose in a dialog or dropped on the window. Their paths stay here: the page gets a ticket for each, and can
 * have nothing imported but what a person has picked.
 */
import { randomUUID } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ChosenSource } from '../ipc/desktop-contract.ts'

/** A forgotten ticket means choosing again, so few need to be kept. */
const kept = 32

export class ChosenImages {
  readonly #paths = new Map<string, string>()

  /** @throws StudioError `file-not-found` when there is nothing at `path` */
  async add(path: string): Promise<ChosenSource> {
    const [real, found] = await Promise.all([realpath(path), stat(path)]).catch((cause: unknown) => {
      throw new StudioError('file-not-found', `${path} cannot be found any more`, { file: path }, cause)
    })
    const ticket = randomUUID()
    this.#paths.set(ticket, real)
    const [oldest] = this.#paths.keys()
    if (this.#paths.size > kept && oldest !== undefined) this.#paths.delete(oldest)
    return { ticket, name: basename(real), kind: found.isDirectory() ? 'folder' : kindOfFile(real) }
  }

  /** @throws StudioError `outside-folder` for a ticket that was never given out, or long ago */
  path(ticket: string): string {
    const path = this.#paths.get(ticket)
    if (path === undefined)
      throw new StudioError('outside-folder', 'choose the images again: this choice is not known any more', {})
    return path
  }
}

function kindOfFile(path: string): ChosenSource['kind'] {
  if (/\.(zip|tar|tgz|tar\.gz)$/i.test(path)) return 'archive'
  return /\.(csv|tsv|json)$/i.test(path) ? 'labels' : 'other'
}
