/** Ends the service when nobody needs it: no client and no run for a while. */

export interface IdleWatch {
  /** Tell it whenever clients or runs change. */
  update(): void
  cancel(): void
}

export function watchIdle(options: {
  readonly isIdle: () => boolean
  readonly afterMs: number
  readonly onIdle: () => void
}): IdleWatch {
  let timer: NodeJS.Timeout | undefined
  const cancel = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const update = (): void => {
    if (!options.isIdle()) cancel()
    else timer ??= setTimeout(() => (options.isIdle() ? options.onIdle() : cancel()), options.afterMs)
  }
  update()
  return { update, cancel }
}
