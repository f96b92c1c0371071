/** A run under the pointer's hand, on its way to where it can be continued. */
const runType = 'application/x-strata-run'

class DraggedRun {
  /** Its number; null while none is dragged. */
  run: number | null = $state.raw(null)
}

export const draggedRun = new DraggedRun()

export function startRunDrag(event: DragEvent, run: number, name: string): void {
  event.dataTransfer?.setData(runType, String(run))
  event.dataTransfer?.setData('text/plain', name)
  if (event.dataTransfer) event.dataTransfer.effectAllowed = 'copy'
  draggedRun.run = run
}

export function endRunDrag(): void {
  draggedRun.run = null
}

export function isDraggedRun(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes(runType) ?? false
}

/** The number of the run that is let go of here; null for anything else. */
export function droppedRun(event: DragEvent): number | null {
  const run = Number(event.dataTransfer?.getData(runType))
  return Number.isInteger(run) && run > 0 ? run : null
}
