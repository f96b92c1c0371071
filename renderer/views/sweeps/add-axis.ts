/** Makes a place an axis of the next sweep, or takes that back, and says so. */
import type { AxisPlace } from '../../../experiments/tuning/places/axis-place.ts'
import { i18n } from '../../i18n/i18n.svelte.ts'
import type { AxisKind } from '../../state/draft-axis.ts'
import type { Studio } from '../../state/studio.svelte.ts'
import { axisTitle } from './sweep-text.ts'

export function addAxis(studio: Studio, place: AxisPlace, kind?: AxisKind): void {
  const { sweeps } = i18n.t
  const title = axisTitle(i18n, place.path)
  if (!studio.sweepPlan.add(place, kind)) {
    studio.toasts.show(sweeps.axisThere(title))
    return
  }
  studio.toasts.show(sweeps.axisAdded(title), {
    action: { label: i18n.t.app.undo, run: () => studio.sweepPlan.remove(place.path) },
  })
}

export function removeAxis(studio: Studio, place: AxisPlace): void {
  const axis = studio.sweepPlan.axes.find((candidate) => candidate.place.path === place.path)
  if (!axis) return
  const title = axisTitle(i18n, place.path)
  studio.sweepPlan.remove(place.path)
  studio.toasts.show(i18n.t.sweeps.axisRemoved(title), {
    action: { label: i18n.t.app.undo, run: () => studio.sweepPlan.add(place, axis.kind) },
  })
}
