/** A trainer on a disk that is full until the file exists that its argument names. */
import fs from 'node:fs'
import { systemFiles, type FileOperations } from '../files/file-operations.ts'
import { runTrainerProcess } from './trainer-process.ts'

const [, , marker = ''] = process.argv

const fullDisk: FileOperations = {
  ...systemFiles,
  create(file) {
    const open = systemFiles.create(file)
    return {
      ...open,
      write(bytes) {
        if (fs.existsSync(marker)) return open.write(bytes)
        open.write(bytes.subarray(0, bytes.length >> 1))
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
      },
    }
  },
}

runTrainerProcess(fullDisk)
