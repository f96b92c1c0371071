/** How large things are drawn on the canvas. Sizes are fixed, so that nothing has to be measured before it is shown. */
import { chainSpacing } from '../../../../experiments/zoo/chain.ts'

export const nodeWidth = 188
export const nodeHeight = 68
/** From one row of nodes to the next. */
export const rowPitch = chainSpacing
export const columnPitch = 220
export const gridStep = 10
/** Room inside of an unfolded block: above for its title, and around. */
export const groupTitle = 40
export const groupPadding = 20

export interface Size {
  readonly width: number
  readonly height: number
}

export const nodeSize: Size = { width: nodeWidth, height: nodeHeight }
