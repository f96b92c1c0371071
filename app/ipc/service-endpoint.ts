/**
 * How clients find the service of a home folder: a small file, readable by its owner only, that names the socket and the token. The socket
 * lies in the home folder too, or, where that path is too long for a Unix socket, in a private temporary folder.
 */
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { platform, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { parseValue } from '../../experiments/schema/parse.ts'

const serviceEndpoint = z.object({
  pid: z.int(),
  address: z.string(),
  token: z.string(),
  startedAt: z.number(),
})
export type ServiceEndpoint = z.infer<typeof serviceEndpoint>

/** A Unix socket's path holds at most 107 bytes on Linux and 103 on macOS. */
const maxSocketPath = 100

export function endpointFile(home: string): string {
  return join(home, 'service.json')
}

/** The endpoint of the service that runs, or ran last; undefined when there is none or its file is torn. */
export function readEndpoint(home: string): ServiceEndpoint | undefined {
  try {
    const parsed = parseValue(serviceEndpoint, JSON.parse(readFileSync(endpointFile(home), 'utf8')) as unknown)
    return parsed.ok ? parsed.value : undefined
  } catch {
    return undefined
  }
}

/** A fresh token and socket address for the process that holds the home's lock; what a dead service left is removed. */
export function claimEndpoint(home: string): ServiceEndpoint {
  const address = socketAddress(home)
  if (platform() !== 'win32') rmSync(address, { force: true })
  return { pid: process.pid, address, token: randomBytes(32).toString('base64url'), startedAt: Date.now() }
}

/** Makes the endpoint known; called once the socket listens. */
export function publishEndpoint(home: string, endpoint: ServiceEndpoint): void {
  const file = endpointFile(home)
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, JSON.stringify(endpoint), { mode: 0o600 })
  renameSync(temporary, file)
}

export function withdrawEndpoint(home: string, endpoint: ServiceEndpoint): void {
  if (readEndpoint(home)?.token !== endpoint.token) return
  rmSync(endpointFile(home), { force: true })
  if (platform() !== 'win32') rmSync(endpoint.address, { force: true })
}

function socketAddress(home: string): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16)
  if (platform() === 'win32') return `\\\\.\\pipe\\strata-${hash}`
  const inHome = join(home, 'service.sock')
  if (Buffer.byteLength(inHome) <= maxSocketPath) return inHome
  const folder = join(tmpdir(), `strata-${userInfo().uid}-${hash}`)
  ensurePrivateFolder(folder)
  return join(folder, 'service.sock')
}

/** In a folder that others may write to, somebody may have made ours first. */
function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stats = lstatSync(folder)
  if (!stats.isDirectory() || stats.uid !== userInfo().uid) {
    throw new StudioError(
      'service-unreachable',
      `${folder} belongs to somebody else; remove it or choose a shorter --home`,
    )
  }
  chmodSync(folder, 0o700)
}
