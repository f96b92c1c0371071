/** Reads an experiment file; a network that it names by file is read too and put in its place, so that the service needs no path of ours. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import { parseJson } from '../../experiments/schema/parse-json.ts'
import { parseExperimentSpec, type ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'

const maxFileBytes = 64 * 2 ** 20

/** `change` is applied to the raw JSON, before it is checked. */
export function readExperiment(file: string, change: (json: unknown) => unknown): ExperimentSpec {
  const spec = withAbsoluteWeights(parseExperimentSpec(change(readJsonFile(file)), file), file)
  if (!('file' in spec.network)) return spec
  const document = readJsonFile(resolve(dirname(file), spec.network.file))
  return parseExperimentSpec({ ...spec, network: { document } }, file)
}

/** The service has another working folder. */
function withAbsoluteWeights(spec: ExperimentSpec, file: string): ExperimentSpec {
  if (typeof spec.start?.weights !== 'string') return spec
  return { ...spec, start: { ...spec.start, weights: resolve(dirname(file), spec.start.weights) } }
}

/** @throws StudioError `file-not-found`, `file-unreadable`, `too-large` or `invalid-json`, each naming the file */
export function readJsonFile(file: string): unknown {
  return parseJson(readTextFile(file), file)
}

function readTextFile(file: string): string {
  try {
    const stats = statSync(file)
    if (!stats.isFile())
      throw new StudioError('file-unreadable', `${file} is not a file; expected a JSON file`, { file })
    if (stats.size > maxFileBytes) {
      throw new StudioError('too-large', `${file} has ${stats.size} bytes; at most ${maxFileBytes} are read`, { file })
    }
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof StudioError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new StudioError('file-not-found', `${file} does not exist; check the path`, { file }, cause)
    throw new StudioError('file-unreadable', `${file} cannot be read: ${message}`, { file }, cause)
  }
}
