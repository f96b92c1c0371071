/**
 * What a Linux system itself has to provide: the shared libraries of Electron, Xvfb for tests, and, for Debian, a real data
 * set. As root on Debian or Ubuntu they are installed; elsewhere the command to run is shown.
 */
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { capture } from './processes.mjs'
import { readStamp, updateStamp } from './stamp.mjs'
import { SetupError, step, warn } from './terminal.mjs'

const electronPackages = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libxtst6']
const displayPackages = ['xvfb', 'xauth']
const fashionMnist = 'dataset-fashion-mnist'

/** @param {string} command */
export const isInPath = (command) =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, command)))

const isRoot = process.getuid?.() === 0

const usesApt = () => {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) && isInPath('apt-get')
  } catch {
    return false
  }
}

/** The shared libraries that the dynamic linker does not find for a program. @param {string} executable */
async function missingLibraries(executable) {
  const { stdout } = await capture('ldd', [executable])
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '')
}

/**
 * Newer Debian and Ubuntu renamed some packages for 64-bit time (libgtk-3-0t64): the name of this system.
 * @param {readonly string[]} names
 */
async function aptNames(names) {
  /** @type {string[]} */
  const result = []
  for (const name of names) {
    const renamed = `${name}t64`
    const known = /^lib(gtk|asound)/.test(name) && (await capture('apt-cache', ['show', renamed])).code === 0
    result.push(known ? renamed : name)
  }
  return result
}

/** @param {readonly string[]} names */
async function aptInstall(names) {
  const env = { DEBIAN_FRONTEND: 'noninteractive', APT_LISTCHANGES_FRONTEND: 'none', LC_ALL: 'C.UTF-8' }
  const options = ['-o', 'DPkg::Lock::Timeout=180', '-o', 'APT::Status-Fd=3']
  return step(`Installing ${names.join(' ')} (apt-get)`, async (report) => {
    /** @param {string[]} args @param {number} from @param {number} to */
    const apt = (args, from, to) =>
      capture('apt-get', [...options, ...args], {
        env,
        extraPipe: true,
        onLine: (line) => {
          const [kind, , percent] = line.split(':')
          if (kind === 'dlstatus') report(from + ((to - from) * Number(percent)) / 200)
          if (kind === 'pmstatus') report((from + to) / 2 + ((to - from) * Number(percent)) / 200)
        },
      })
    const install = ['install', '-y', '--no-install-recommends', ...names]
    const first = await apt(install, 0, 1)
    if (first.code === 0) return
    // Package lists that are missing or too old are the usual reason.
    const update = await apt(['update'], 0, 0.2)
    const second = await apt(['install', '-y', '--no-install-recommends', ...(await aptNames(names))], 0.2, 1)
    if (second.code !== 0) throw new SetupError((second.stderr.trim() || second.stdout.trim()) + update.stderr.trim())
  })
}

/**
 * @typedef {object} SystemNeeds
 * @property {string | null} electron executable whose shared libraries must be there
 * @property {boolean} virtualDisplay whether Xvfb must be there
 * @property {boolean} data whether Fashion-MNIST is wanted
 */

/** @param {SystemNeeds} needs */
export async function ensureSystemPackages({ electron, virtualDisplay, data }) {
  if (process.platform !== 'linux') return
  const required = []
  const reasons = []
  if (electron && readStamp().electronChecked !== electron) {
    const missing = await missingLibraries(electron)
    if (missing.length > 0) {
      required.push(...electronPackages)
      reasons.push(`Electron needs shared libraries that are missing: ${missing.join(', ')}`)
    } else updateStamp({ electronChecked: electron })
  }
  if (virtualDisplay && !isInPath('Xvfb')) {
    required.push(...displayPackages)
    reasons.push('The tests of the window need Xvfb, a display without a screen')
  }
  if (required.length > 0) await installRequired(required, reasons)
  if (electron && readStamp().electronChecked !== electron) {
    const missing = await missingLibraries(electron)
    if (missing.length > 0) throw new SetupError(`Electron still lacks shared libraries: ${missing.join(', ')}`)
    updateStamp({ electronChecked: electron })
  }
  if (data) await installData()
}

/** @param {string[]} packages @param {string[]} reasons */
async function installRequired(packages, reasons) {
  if (!usesApt()) {
    throw new SetupError(
      `${reasons.join('.\n')}.\n\nInstall what your distribution calls ${packages.join(', ')} ` +
        'and run the same command again.',
    )
  }
  const names = await aptNames(packages)
  if (!isRoot) {
    throw new SetupError(
      `${reasons.join('.\n')}.\n\nRun this, then the same command again:\n  sudo apt-get install ${names.join(' ')}`,
    )
  }
  await aptInstall(names)
}

/** Optional: without it the studio still has its generated data, and says how to get more. */
async function installData() {
  if (existsSync('/usr/share/datasets/fashion-mnist') || !usesApt()) return
  const today = new Date().toISOString().slice(0, 10)
  if (readStamp().optionalTried === today) return
  updateStamp({ optionalTried: today })
  const command = `apt-get install ${fashionMnist}`
  if (!isRoot) return warn(`For a real data set (Fashion-MNIST, 30 MB): sudo ${command}`)
  try {
    await aptInstall([fashionMnist])
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
    warn(`Fashion-MNIST is not installed (${reason}). Later: ${command}`)
  }
}
