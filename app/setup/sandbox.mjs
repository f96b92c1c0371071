/**
 * Chromium's sandbox on Linux. It is only ever switched off for root, where Chromium refuses to start with it, and never
 * silently: a system that forbids it is explained instead.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @param {string} file */
function readSetting(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}

/**
 * What to start Electron with on this system.
 * @param {string} executablePath
 * @returns {{ args: string[], note: string | null, problem: string | null }} `note` is worth a line on the screen; with a
 *   `problem` Electron would not start
 */
export function sandboxSettings(executablePath) {
  if (process.platform !== 'linux') return { args: [], note: null, problem: null }
  if (process.getuid?.() === 0) {
    return {
      args: ['--no-sandbox'],
      note: 'Running as root: Chromium refuses its sandbox there, so this session runs without it. Start Strata as a normal user to have it.',
      problem: null,
    }
  }
  const helper = statSync(join(dirname(executablePath), 'chrome-sandbox'), { throwIfNoEntry: false })
  const helperWorks = helper !== undefined && helper.uid === 0 && (helper.mode & 0o4000) !== 0
  if (helperWorks) return { args: [], note: null, problem: null }
  const cause =
    readSetting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' && !hasAppArmorProfile(executablePath)
      ? 'AppArmor restricts unprivileged user namespaces (the default since Ubuntu 24.04)'
      : readSetting('/proc/sys/kernel/unprivileged_userns_clone') === '0'
        ? 'unprivileged user namespaces are switched off (kernel.unprivileged_userns_clone = 0)'
        : readSetting('/proc/sys/user/max_user_namespaces') === '0'
          ? 'user namespaces are switched off (user.max_user_namespaces = 0)'
          : null
  if (!cause) return { args: [], note: null, problem: null }
  const file = join(dirname(executablePath), 'chrome-sandbox')
  return {
    args: [],
    note: null,
    problem:
      `Electron's sandbox cannot start on this system: ${cause}. Strata does not run without it.\n\n` +
      `Allow it for this Electron only, by its helper program:\n  sudo chown root:root "${file}" && sudo chmod 4755 "${file}"\n\n` +
      'An installed Strata (.deb) brings an AppArmor profile and needs none of this.',
  }
}

/** Whether an AppArmor profile of this system is made for the program, and so allows it. @param {string} executablePath */
function hasAppArmorProfile(executablePath) {
  const folder = '/etc/apparmor.d'
  try {
    return readdirSync(folder).some((name) => readSetting(join(folder, name))?.includes(executablePath))
  } catch {
    return false
  }
}
