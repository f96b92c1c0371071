/**
 * A daemon keeps nothing of whoever started it. Electron opens files, sockets and shared memory without the close-on-exec flag, so on Linux a
 * process that it starts inherits them: the connection to the display, databases of the browser, the pipes of a debugger that then waits for
 * their end. macOS and Windows hand over only what is named.
 */
import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** As the kernel writes it, octal, in /proc/self/fdinfo. */
const closeOnExec = 0o2000000

/**
 * Closes what came with the start, beyond the standard streams. To be called before anything is opened: until then Node's own files are only
 * its event loops with their pipes.
 */
export function closeInheritedFiles(): number {
  if (process.platform !== 'linux') return 0
  const inherited = openFiles().filter((file) => file > 2 && isInherited(file))
  for (const file of inherited) closeSync(file)
  return inherited.length
}

function openFiles(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    return []
  }
}

/** Node marks the lower of the inherited files as its own at once, so the flag alone does not tell. */
function isInherited(file: number): boolean {
  try {
    const target = readlinkSync(`/proc/self/fd/${file}`)
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'))?.[1] ?? '0'
    const survivedExec = (Number.parseInt(flags, 8) & closeOnExec) === 0
    return survivedExec || !/^(anon_inode:|pipe:|\/dev\/null$)/.test(target)
  } catch {
    // Listed, but closed since: the folder's own handle.
    return false
  }
}
