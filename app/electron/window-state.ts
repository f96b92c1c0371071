/** Where the window was last time. A remembered place counts only while a display still shows enough of it to be grabbed. */
import { z } from 'zod'

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const windowState = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(320).max(20_000),
  height: z.int().min(240).max(20_000),
  maximised: z.boolean(),
  /** Zoom level of the page, in Chromium's steps. */
  zoom: z.number().min(-8).max(9).default(0),
})
export type WindowState = z.infer<typeof windowState>

export const smallestSize = { width: 640, height: 480 } as const
const firstSize = { width: 1280, height: 800 } as const
const grabbable = { width: 120, height: 48 } as const

/** Bounds for a new window. Without `x` and `y` the system centres it. */
export function placeWindow(
  remembered: WindowState | undefined,
  workAreas: readonly Rectangle[],
): { x?: number; y?: number; width: number; height: number } {
  const largest = workAreas[0] ?? { x: 0, y: 0, ...firstSize }
  const width = Math.min(remembered?.width ?? firstSize.width, largest.width)
  const height = Math.min(remembered?.height ?? firstSize.height, largest.height)
  if (remembered && workAreas.some((area) => showsTitle(remembered, area))) {
    return { x: remembered.x, y: remembered.y, width: remembered.width, height: remembered.height }
  }
  return { width, height }
}

function showsTitle(bounds: Rectangle, area: Rectangle): boolean {
  const overlap = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  return overlap >= grabbable.width && bounds.y >= area.y - 8 && bounds.y <= area.y + area.height - grabbable.height
}
