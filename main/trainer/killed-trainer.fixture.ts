/**
 * A trainer that is killed at a moment of its run, once: the folder that its argument names has a file named like the run, with the moment in it.
 * `claim` is before anything is done; `metrics 3` right before the third such message leaves; `rename 2` right before the second such operation
 * on files. A write is killed half way.
 */
import fs from 'node:fs'
import path from 'node:path'
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import { runTrainerProcess } from './trainer-process.ts'
import type { FromTrainer, ToTrainer } from './trainer-protocol.ts'

const [, , folder = ''] = process.argv
let moment: { readonly name: string; left: number } | undefined

function isMoment(name: string): boolean {
  return moment?.name === name && --moment.left === 0
}

function pass(name: string): void {
  if (isMoment(name)) process.kill(process.pid, 'SIGKILL')
}

process.prependListener('message', (raw: unknown) => {
  const message = raw as ToTrainer
  if (message.type !== 'train') return
  const file = path.join(folder, String(message.job.run))
  if (!fs.existsSync(file)) return
  const [name = '', count = '1'] = fs.readFileSync(file, 'utf8').split(' ')
  fs.rmSync(file)
  moment = { name, left: Number(count) }
  pass('claim')
})

const send = process.send?.bind(process) as ((...words: unknown[]) => boolean) | undefined
if (send) {
  process.send = (message: FromTrainer, ...rest: unknown[]): boolean => {
    pass(message.type)
    return send(message, ...rest)
  }
}

const files: FileOperations = {
  ...systemFiles,
  create(file) {
    pass('create')
    const open = systemFiles.create(file)
    return {
      write(bytes) {
        if (!isMoment('write')) return open.write(bytes)
        open.write(bytes.subarray(0, bytes.length >> 1))
        process.kill(process.pid, 'SIGKILL')
      },
      sync() {
        pass('sync')
        open.sync()
      },
      close: () => open.close(),
    }
  },
  readBlocks(file, blockBytes) {
    pass('readBlocks')
    return systemFiles.readBlocks(file, blockBytes)
  },
  rename(from, to) {
    pass('rename')
    systemFiles.rename(from, to)
  },
  syncFolder(file) {
    pass('syncFolder')
    systemFiles.syncFolder(file)
  },
}

runTrainerProcess(files)
