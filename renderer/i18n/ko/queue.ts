/** Words of the night queue, in Korean. */
import type { Messages } from '../en.ts'

export const queue: Messages['queue'] = {}
