/** Finds TensorFlow's shared libraries and headers in a folder: one of the C library, or a Python package. */
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { StudioError } from '../../../experiments/errors/studio-error.ts'

export interface TensorflowLibrary {
  /** Folder of the headers: it holds `tensorflow/c/c_api.h`. */
  readonly include: string
  /** Folder of the libraries. */
  readonly lib: string
  /** Names of the files to link with. */
  readonly files: readonly string[]
}

/** Newer ones first; a Python package names them after the C++ library that they are part of. */
const names = [/^libtensorflow_cc\.(so\.2|2\.dylib)$/, /^libtensorflow\.(so(\.2)?|2\.dylib|dylib)$/]
const frameworkNames = /^libtensorflow_framework\.(so\.2|so|2\.dylib|dylib)$/

/** @throws StudioError `file-not-found` that says what is missing */
export function libraryIn(folder: string): TensorflowLibrary {
  const absent = (what: string) => {
    const expected = `a folder of libtensorflow (include, lib) or Python's package tensorflow`
    return new StudioError('file-not-found', `${folder} has no ${what}; expected ${expected}`, { folder })
  }
  if (!fs.existsSync(folder)) throw new StudioError('file-not-found', `${folder} does not exist`, { folder })
  const include = [path.join(folder, 'include'), folder].find((candidate) =>
    fs.existsSync(path.join(candidate, 'tensorflow', 'c', 'c_api.h')),
  )
  if (include === undefined) throw absent('headers (tensorflow/c/c_api.h)')
  for (const lib of [folder, path.join(folder, 'lib')]) {
    const files = fs.existsSync(lib) ? fs.readdirSync(lib) : []
    const library = names.map((name) => files.find((file) => name.test(file))).find((file) => file !== undefined)
    const framework = files.toSorted().findLast((file) => frameworkNames.test(file))
    if (library !== undefined)
      return { include, lib, files: framework === undefined ? [library] : [library, framework] }
  }
  throw absent('library (libtensorflow or libtensorflow_cc)')
}

/** The folder of Python's package tensorflow, undefined where Python has none. Looks for it without loading it. */
export async function pythonTensorflow(): Promise<string | undefined> {
  const script = 'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.submodule_search_locations[0])'
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', script], { timeout: 30_000 })
    const folder = stdout.trim()
    libraryIn(folder)
    return folder
  } catch {
    return undefined
  }
}
