/** Every ready-made network. A new one is one file and one line here. */
import { StudioError } from '../errors/studio-error.ts'
import type { NetworkDocument } from '../network/network-document.ts'
import { nearestName } from '../text/nearest-name.ts'
import { alexNetEntry } from './alexnet.ts'
import { cifarResNetEntries } from './cifar-resnet.ts'
import { googLeNetEntries } from './googlenet.ts'
import { inceptionResNetEntry } from './inception-resnet.ts'
import { leNet5Entry } from './lenet5.ts'
import { resNetEntries } from './resnet.ts'
import { vggEntries } from './vgg.ts'
import { wideResNetEntry } from './wide-resnet.ts'
import { zfNetEntry } from './zfnet.ts'
import type { ZooEntry, ZooOptions } from './zoo-entry.ts'

export const zooEntries: readonly ZooEntry[] = [
  leNet5Entry,
  alexNetEntry,
  zfNetEntry,
  ...vggEntries,
  ...googLeNetEntries,
  ...resNetEntries,
  ...cifarResNetEntries,
  wideResNetEntry,
  inceptionResNetEntry,
]

/** @throws StudioError `unknown-network` that names the nearest id */
export function zooEntry(id: string): ZooEntry {
  const entry = zooEntries.find((candidate) => candidate.id === id)
  if (entry) return entry
  const ids = zooEntries.map((candidate) => candidate.id)
  const nearest = nearestName(id, ids)
  throw new StudioError(
    'unknown-network',
    `there is no network "${id}" in the zoo${nearest ? `; did you mean "${nearest}"?` : `; there are ${ids.join(', ')}`}`,
    { id },
  )
}

/** Builds the network `id`, for its own image size and classes where `options` leave them out. */
export function zooNetwork(id: string, options: Partial<ZooOptions> = {}): NetworkDocument {
  const entry = zooEntry(id)
  const { input = entry.input, classes = entry.classes, width = 1 } = options
  return entry.build({ input, classes, width })
}
