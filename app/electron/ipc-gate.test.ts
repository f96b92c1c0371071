import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { preloadProcedures, windowEvents, windowProcedures } from '../ipc/window-bridge.ts'
import { desktopContract } from '../ipc/desktop-contract.ts'
import { studioContract } from '../ipc/studio-contract.ts'
import { gateProcedures, IpcGate, type GateProcedure, type Sender } from './ipc-gate.ts'

const own = {}
const good: Sender = { contents: own, isMainFrame: true, url: 'strata://app/index.html' }

function gate(): { gate: IpcGate; handled: [GateProcedure, unknown][] } {
  const handled: [GateProcedure, unknown][] = []
  return {
    handled,
    gate: new IpcGate({
      ownContents: () => own,
      handle: (procedure, input) => {
        handled.push([procedure, input])
        return Promise.resolve('done')
      },
    }),
  }
}

describe('the gate between window and main process', () => {
  test('the window may use the names of the two contracts, except those that take paths of files or commands', () => {
    const all = { ...studioContract.procedures, ...desktopContract.procedures }
    const takesPath = ({ input }: { readonly input: z.ZodType }): boolean => {
      const { shape } = input as z.ZodObject
      return ['file', 'source', 'hook'].some((name) => name in shape)
    }
    const open = Object.entries(all).filter(([, procedure]) => !takesPath(procedure))
    expect([...windowProcedures].sort()).toEqual(open.map(([name]) => name).sort())
    expect(open.length).toBeLessThan(Object.keys(all).length)
    expect([...windowEvents].sort()).toEqual(
      [...Object.keys(studioContract.events), ...Object.keys(desktopContract.events)].sort(),
    )
  })

  test('besides the page’s names only the drops of the preload script pass', () => {
    expect(gateProcedures.filter((name) => !new Set<string>(windowProcedures).has(name))).toEqual([
      ...preloadProcedures,
    ])
  })

  test('a valid message of our window is handled with its parsed input', async () => {
    const { gate: ipc, handled } = gate()
    expect(await ipc.answer('runs.get', good, { run: 3 })).toEqual({ ok: true, value: 'done' })
    expect(handled).toEqual([['runs.get', { run: 3 }]])
  })

  test('the text of its JSON is as good and answered in kind, and what is none is refused', async () => {
    const { gate: ipc, handled } = gate()
    expect(await ipc.answer('runs.get', good, '{"run":3}')).toEqual({ ok: true, text: '"done"' })
    expect(handled).toEqual([['runs.get', { run: 3 }]])
    for (const text of ['{"run":', '"runs"', '{"run":"3"}', '['.repeat(200)]) {
      expect(await ipc.answer('runs.get', good, text)).toMatchObject({ ok: false, error: { code: 'invalid-message' } })
    }
    expect(handled).toHaveLength(1)
  })

  test.each<[string, Sender]>([
    ['another web contents', { ...good, contents: {} }],
    ['a frame inside the window', { ...good, isMainFrame: false }],
    ['a web page', { ...good, url: 'https://example.org/' }],
    ['a lookalike host', { ...good, url: 'strata://app.example.org/index.html' }],
    ['a frame that is gone', { ...good, url: '' }],
  ])('%s is refused on every channel', async (_, sender) => {
    const { gate: ipc, handled } = gate()
    for (const procedure of gateProcedures) {
      expect(await ipc.answer(procedure, sender, {})).toMatchObject({ ok: false, error: { code: 'not-authorised' } })
    }
    expect(handled).toEqual([])
  })

  test.each([null, 7, 'text', [], { surplus: 1 }])('%j does not fit any channel', async (input) => {
    const { gate: ipc, handled } = gate()
    for (const procedure of gateProcedures) {
      expect(await ipc.answer(procedure, good, input)).toMatchObject({ ok: false, error: { code: 'invalid-message' } })
    }
    expect(handled).toEqual([])
  })
})
