/** Words of engines and devices, in Korean. */
import type { Messages } from '../en.ts'

export const devices: Messages['devices'] = {}
