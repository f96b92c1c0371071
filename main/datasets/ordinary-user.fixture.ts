/** Root may read every file, and tests in containers run as root: for a while the process is somebody else. */
import { execFileSync } from 'node:child_process'

/** `nobody` on Linux; any number without rights would do. */
const nobody = 65534

/** Runs `work` as a user who owns `folder` and whatever is in it, but is bound by the rights of files. */
export async function asOrdinaryUser<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { getuid, setegid, seteuid } = process
  if (getuid?.() !== 0 || !setegid || !seteuid) return work()
  execFileSync('chown', ['-R', `${nobody}:${nobody}`, folder])
  setegid(nobody)
  seteuid(nobody)
  try {
    return await work()
  } finally {
    seteuid(0)
    setegid(0)
  }
}
