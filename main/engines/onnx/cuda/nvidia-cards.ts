/** The NVIDIA cards of this machine, as its driver lists them with `nvidia-smi`. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface NvidiaCard {
  /** In the order of the bus, which is also CUDA's where CUDA_DEVICE_ORDER is PCI_BUS_ID. */
  readonly index: number
  readonly name: string
  readonly memoryBytes: number
  readonly freeBytes: number
}

const fields = 'index,name,memory.total,memory.free'

/** Undefined where there is no driver, or it does not answer. */
export async function nvidiaCards(): Promise<readonly NvidiaCard[] | undefined> {
  try {
    const args = [`--query-gpu=${fields}`, '--format=csv,noheader,nounits']
    const { stdout } = await promisify(execFile)('nvidia-smi', args, { timeout: 10_000 })
    return parseCards(stdout)
  } catch {
    return undefined
  }
}

/** One line a card, sizes in mebibytes. A name may hold commas; a size that the driver does not tell makes the card unknown. */
export function parseCards(text: string): readonly NvidiaCard[] {
  return text.split('\n').flatMap((line) => {
    const parts = line.split(',').map((part) => part.trim())
    if (parts.length < 4) return []
    const [free, total, index] = [parts.at(-1), parts.at(-2), parts[0]].map(Number)
    if (![free, total, index].every((value) => value !== undefined && Number.isFinite(value))) return []
    const name = parts.slice(1, -2).join(', ')
    return [{ index: index as number, name, memoryBytes: mebibytes(total), freeBytes: mebibytes(free) }]
  })
}

function mebibytes(count: number | undefined): number {
  return (count ?? 0) * 2 ** 20
}
