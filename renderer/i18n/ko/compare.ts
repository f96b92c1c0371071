/** Words of comparing and diffing runs, in Korean. */
import type { Messages } from '../en.ts'

export const compare: Messages['compare'] = {}
