/** Words of augmentation and imported datasets, in Korean. */
import type { Messages } from '../en.ts'

export const augmentation: Messages['augmentation'] = {}
