/** Words of searching hyper-parameters, in Korean. */
import type { Messages } from '../en.ts'

export const sweeps: Messages['sweeps'] = {}
