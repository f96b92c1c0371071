/** Finds a package on a NuGet feed, with the checksum that the feed publishes. Protocol: https://learn.microsoft.com/nuget/api/overview */
import { StudioError } from '../../../experiments/errors/studio-error.ts'
import type { Checksum } from '../../download/received-file.ts'

export interface NugetPackage {
  readonly url: string
  /** Undefined where the feed publishes none. */
  readonly checksum: Checksum | undefined
  /** Undefined where the feed does not tell. */
  readonly bytes: number | undefined
}

interface Resource {
  readonly '@id'?: unknown
  readonly '@type'?: unknown
}

/**
 * @param feed address of the service index
 * @throws StudioError `download-failed` where the feed does not answer, or has no such package
 */
export async function nugetPackage(
  feed: string,
  name: string,
  version: string,
  signal?: AbortSignal,
): Promise<NugetPackage> {
  const index = await json(feed, signal)
  const resources = (Array.isArray(index['resources']) ? index['resources'] : []) as readonly Resource[]
  const addressOf = (type: RegExp): string | undefined => {
    const found = resources.find((resource) => type.test(String(resource['@type'])))?.['@id']
    return typeof found === 'string' ? found.replace(/\/?$/, '/') : undefined
  }
  const files = addressOf(/^PackageBaseAddress\/3\.0\.0$/)
  if (files === undefined) throw notFound(feed, 'it is not the index of a NuGet feed (it names no PackageBaseAddress)')
  const id = name.toLowerCase()
  const url = `${files}${id}/${version}/${id}.${version}.nupkg`
  const { versions } = await json(`${files}${id}/index.json`, signal)
  if (!Array.isArray(versions) || !versions.includes(version)) throw notFound(feed, `it has no ${name} ${version}`)
  const registrations = addressOf(/^RegistrationsBaseUrl(\/|$)/)
  const entry = registrations && (await catalogEntry(`${registrations}${id}/${version}.json`, signal))
  return { url, checksum: entry ? checksumOf(entry) : undefined, bytes: entry ? sizeOf(entry) : undefined }
}

/** What the feed says of one version: in the registration itself, or where that points to. */
async function catalogEntry(registration: string, signal?: AbortSignal): Promise<Record<string, unknown> | undefined> {
  const { catalogEntry: entry } = await json(registration, signal).catch((): Record<string, unknown> => ({}))
  if (typeof entry === 'string') return json(entry, signal)
  return typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : undefined
}

function checksumOf({ packageHash, packageHashAlgorithm }: Record<string, unknown>): Checksum | undefined {
  if (typeof packageHash !== 'string') return undefined
  const algorithm = String(packageHashAlgorithm).toLowerCase()
  if (algorithm !== 'sha512' && algorithm !== 'sha256') return undefined
  return { algorithm, digest: Buffer.from(packageHash, 'base64').toString('hex') }
}

function sizeOf({ packageSize }: Record<string, unknown>): number | undefined {
  return typeof packageSize === 'number' ? packageSize : undefined
}

async function json(url: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(url, { ...(signal && { signal }) })
    if (!response.ok) throw notFound(url, `HTTP status ${response.status}`)
    return (await response.json()) as Record<string, unknown>
  } catch (error) {
    if (error instanceof StudioError) throw error
    if (signal?.aborted) throw new StudioError('cancelled', 'the install was stopped', { url }, error)
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw notFound(url, cause instanceof Error ? cause.message : String(cause))
  }
}

function notFound(url: string, reason: string): StudioError {
  return new StudioError('download-failed', `${url} could not be used: ${reason}`, { url })
}
