/** Words of the canvas on which networks are drawn, in Korean. */
import type { Messages } from '../en.ts'

export const composer: Messages['composer'] = {}
