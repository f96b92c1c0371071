/** A Python that has PyTorch: the one named by STRATA_PYTHON, else the first on the path. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface PyTorch {
  readonly python: string
  readonly version: string
}

export const howToGetPyTorch =
  'PyTorch is not there: install it into any Python (pip install torch; Debian and Ubuntu: apt-get install python3-torch) and name that Python in STRATA_PYTHON'

/** Undefined when no candidate can import torch. */
export async function findPyTorch(environment: NodeJS.ProcessEnv = process.env): Promise<PyTorch | undefined> {
  const named = environment['STRATA_PYTHON']
  for (const python of named ? [named] : ['python3', 'python']) {
    const version = await torchVersion(python)
    if (version !== undefined) return { python, version }
  }
  return undefined
}

function torchVersion(python: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(python, ['-c', 'import torch; print(torch.__version__)'], { timeout: 120_000 }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim()),
    )
  })
}

/** The peer's program: beside this file, or in the checkout that a build was made in. */
export function pytorchScript(folder = import.meta.dirname): string | undefined {
  const name = 'pytorch_peer.py'
  return [join(folder, name), join(folder, '..', '..', 'main', 'engines', 'bench', name)].find((file) =>
    existsSync(file),
  )
}
