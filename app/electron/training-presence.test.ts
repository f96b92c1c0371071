import { describe, expect, it } from 'vitest'
import { queueSettings } from '../../experiments/queue/queue-settings.ts'
import type { RunSummary } from '../../experiments/runs/run-record.ts'
import { TrainingPresence } from './training-presence.ts'
import type { TrayQueue } from './tray-model.ts'

function presence(isSeen = false, refused = false) {
  const told: string[] = []
  let awake = false
  let share: number | null = null
  let tray: TrayQueue = null
  const desktop = new TrainingPresence({
    language: () => 'en',
    isSeen: () => isSeen,
    keepAwake: (on) => (awake = on && !refused),
    progress: (value) => (share = value),
    tray: (queue) => (tray = queue),
    notify: (title, body) => told.push(`${title}: ${body}`),
  })
  return { desktop, told, awake: () => awake, share: () => share, tray: () => tray }
}

const queue = (running: number[], waiting = 0, settings: object = {}) => ({
  ...{ running, waiting, settings: queueSettings.parse(settings) },
  window: { open: true, changesAt: null },
  awake: { state: running.length > 0 ? ('held' as const) : ('off' as const), detail: null },
})

function run(id: number, status: RunSummary['status'], step = 0): RunSummary {
  const best = status === 'finished' ? { epoch: 1, accuracy: 0.9123 } : null
  return { id, name: `run ${id}`, status, progress: { step, steps: 10 }, best } as unknown as RunSummary
}

describe('what the desktop sees of the training', () => {
  it('stays awake and shows the mean progress of what trains', () => {
    const { desktop, awake, share } = presence()
    desktop.queue(queue([1, 2]))
    desktop.run(run(1, 'running', 4))
    desktop.run(run(2, 'running', 8))
    expect(awake()).toBe(true)
    expect(share()).toBeCloseTo(0.6)
    desktop.run(run(2, 'paused', 8))
    desktop.queue(queue([1]))
    expect(share()).toBe(0.4)
    desktop.lost()
    expect([awake(), share()]).toEqual([false, null])
  })

  it('shows the same beside the clock, and that the machine may fall asleep where nothing prevents it', () => {
    const { desktop, tray } = presence()
    expect(tray()).toBeNull()
    desktop.queue(queue([1], 4))
    desktop.run(run(1, 'running', 4))
    expect(tray()).toEqual({ running: 1, waiting: 4, hold: null, isOpen: true, share: 0.4, mayFallAsleep: false })
    desktop.queue({ ...queue([1]), awake: { state: 'failed', detail: 'no bus' } })
    expect(tray()?.mayFallAsleep).toBe(true)
    desktop.lost()
    expect(tray()).toBeNull()
    const refusing = presence(false, true)
    refusing.desktop.queue(queue([1]))
    expect(refusing.tray()?.mayFallAsleep).toBe(true)
    refusing.desktop.queue(queue([]))
    expect(refusing.tray()?.mayFallAsleep).toBe(false)
  })

  it('lets the machine sleep where the settings say so', () => {
    const { desktop, awake } = presence()
    desktop.queue(queue([1], 0, { keepAwake: false }))
    expect(awake()).toBe(false)
  })

  it('tells of each end and of the end of all, once, and not of a stop', () => {
    const { desktop, told } = presence()
    desktop.queue(queue([1], 2))
    desktop.run(run(1, 'finished'))
    desktop.queue(queue([2], 1))
    desktop.run(run(2, 'failed'))
    desktop.queue(queue([3]))
    desktop.run(run(3, 'stopped'))
    desktop.queue(queue([]))
    desktop.queue(queue([]))
    expect(told).toEqual([
      'Training finished: run 1: best accuracy 91.23 %',
      'Training failed: run 2',
      'The queue is done: 3 runs have ended.',
    ])
  })

  it('tells nothing to who is looking, and nothing of runs that ended before', () => {
    const seen = presence(true)
    seen.desktop.queue(queue([1]))
    seen.desktop.run(run(1, 'finished'))
    const late = presence()
    late.desktop.run(run(1, 'finished'))
    late.desktop.queue(queue([]))
    expect([seen.told, late.told]).toEqual([[], []])
  })
})
