import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { ContractClient } from './contract-client.ts'
import { ContractServer } from './contract-server.ts'
import type { Contract } from './contract.ts'
import { channelPair, type MessageChannel } from './message-channel.ts'

const contract = {
  procedures: {
    double: { input: z.strictObject({ value: z.number() }), output: z.number() },
    refuse: { input: z.strictObject({}), output: z.number() },
  },
  events: { tick: z.object({ count: z.int() }) },
} satisfies Contract

function start(): { server: ContractServer<typeof contract>; channel: MessageChannel; counts: number[] } {
  const counts: number[] = []
  const server = new ContractServer({
    contract,
    handlers: {
      double: ({ value }) => value * 2,
      refuse: () => {
        throw new StudioError('run-state', 'not now', { run: 3 })
      },
    },
    token: 'secret',
    version: '1',
    onClientCount: (count) => counts.push(count),
  })
  const [ours, theirs] = channelPair()
  server.accept(ours)
  return { server, channel: theirs, counts }
}

async function open(): Promise<ReturnType<typeof start> & { client: ContractClient<typeof contract> }> {
  const started = start()
  const client = await ContractClient.open(contract, started.channel, { token: 'secret', client: 'test' })
  return { ...started, client }
}

describe('a contract over a channel', () => {
  test('calls return their result, and failures keep code and details', async () => {
    const { client } = await open()
    await expect(client.call('double', { value: 21 })).resolves.toBe(42)
    await expect(client.call('refuse', {})).rejects.toMatchObject({ code: 'run-state', details: { run: 3 } })
  })

  test('an input that does not fit the schema is refused with its place', async () => {
    const { client } = await open()
    const wrong = { value: 'x' } as unknown as { value: number }
    await expect(client.call('double', wrong)).rejects.toMatchObject({
      code: 'wrong-type',
      message: expect.stringContaining('double: value') as string,
    })
  })

  test('an unknown procedure is refused with the nearest name, prototype names too', async () => {
    const { client } = await open()
    const call = (name: string): Promise<unknown> => client.call(name as 'double', { value: 1 })
    await expect(call('duoble')).rejects.toThrow('did you mean "double"?')
    await expect(call('constructor')).rejects.toMatchObject({ code: 'unknown-procedure' })
  })

  test('a wrong token is refused and nothing is answered', async () => {
    const { channel, counts } = start()
    const opening = ContractClient.open(contract, channel, { token: 'guess', client: 'test' })
    await expect(opening).rejects.toMatchObject({ code: 'not-authorised' })
    expect(counts).toEqual([])
  })

  test('a call before the greeting ends the connection', async () => {
    const { channel } = start()
    const closed = new Promise<string>((resolve) => channel.onClose(resolve))
    channel.send({ type: 'call', id: 1, procedure: 'double', input: { value: 1 } })
    await expect(closed).resolves.toContain('token')
  })

  test('a malformed frame ends the connection', async () => {
    const { client, channel } = await open()
    const closed = new Promise<StudioError>((resolve) => client.onClose(resolve))
    channel.send({ type: 'steal' })
    expect((await closed).message).toContain('malformed frame')
  })

  test('events reach those who listen, until they stop', async () => {
    const { client, server } = await open()
    const seen: number[] = []
    const stop = client.on('tick', ({ count }) => seen.push(count))
    await client.call('double', { value: 0 })
    server.emit('tick', { count: 1 })
    await client.call('double', { value: 0 })
    stop()
    await client.call('double', { value: 0 })
    server.emit('tick', { count: 2 })
    await client.call('double', { value: 0 })
    expect(seen).toEqual([1])
  })

  test('a closed connection fails open calls and is counted down', async () => {
    const { client, server, counts } = await open()
    const open1 = client.call('double', { value: 1 })
    server.close('the service ends')
    await expect(open1).rejects.toMatchObject({ code: 'service-lost' })
    await expect(client.call('double', { value: 1 })).rejects.toMatchObject({ code: 'service-lost' })
    expect(counts).toEqual([1, 0])
  })
})
