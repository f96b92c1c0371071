/** Where the files of a run lie in the home folder. */
import path from 'node:path'

export interface RunFolders {
  checkpointFolder(run: number): string
  logFile(run: number): string
}

export function runFolders(home: string): RunFolders {
  return {
    checkpointFolder: (run) => path.join(home, 'checkpoints', `run-${run}`),
    logFile: (run) => path.join(home, 'logs', `run-${run}.log`),
  }
}
