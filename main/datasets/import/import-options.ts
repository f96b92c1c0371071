/** What an import of images is told, and the limits it holds. */
import { z } from 'zod'

export const importLimits = {
  /** Files in one source. */
  files: 2_000_000,
  /** One file, unpacked. */
  fileBytes: 128 * 2 ** 20,
  /** All files of an archive, unpacked. */
  totalBytes: 256 * 2 ** 30,
  /** An archive's file that unpacks to more than this times its size, and to more than a MiB, is a bomb. */
  ratio: 200,
  /** Of one image before it is scaled: 10,000 x 10,000. */
  pixels: 100_000_000,
  classes: 10_000,
  /** Listed in the report; all are counted. */
  reported: 10_000,
} as const

export const datasetNamePattern = /^[a-z0-9][a-z0-9-]{0,63}$/
const side = z.int().min(1).max(1024)

export const importRequest = z.strictObject({
  /** What experiments will write: lower case, digits, hyphens. */
  name: z.string().regex(datasetNamePattern, 'expected lower-case letters, digits and hyphens, at most 64'),
  title: z.string().min(1).max(100).optional(),
  /** Of the stored images. Default: that of the images if they are all alike and not large, else a usual side near theirs. */
  size: z.strictObject({ height: side, width: side }).optional(),
  /** `cover` fills the size and cuts off, `contain` shows all on white, `stretch` changes proportions. */
  fit: z.enum(['cover', 'contain', 'stretch']).default('cover'),
  /** `auto`: grey when all images looked at are. */
  colour: z.enum(['auto', 'colour', 'grey']).default('auto'),
  /** `auto`: as labels.csv, .tsv or .json at the top says, else by folders. `folders` does not look for one, `file` needs one. */
  labels: z.enum(['auto', 'folders', 'file']).default('auto'),
  /** Share of each class kept for the test split, unless the source has one. */
  testShare: z.number().min(0.01).max(0.9).default(0.2),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
})
export type ImportRequest = z.output<typeof importRequest>
export type ImportRequestInput = z.input<typeof importRequest>
