/**
 * A graphics card for tests on machines without one: Electron for Linux brings SwiftShader, a Vulkan driver that computes on the processor,
 * and the loader that finds it. Tests of the WebGPU engine run on it for real.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { resolveElectronRuntime } from './electron-runtime.mjs'
import { checkoutCache, root } from './paths.mjs'

/**
 * Variables for a process that shall see this driver and no other; none where the prepared Electron has none. The loader is looked for when
 * the process starts, so they cannot be set later.
 * @returns {NodeJS.ProcessEnv}
 */
export function softwareVulkan(env = process.env) {
  const runtime = process.platform === 'linux' ? resolveElectronRuntime(root) : null
  if (!runtime) return {}
  const folder = dirname(runtime.executablePath)
  const driver = join(folder, 'vk_swiftshader_icd.json')
  const loader = join(folder, 'libvulkan.so.1')
  if (!existsSync(driver) || !existsSync(loader)) return {}
  // A folder with the loader alone: Electron's other libraries are not meant for other programs.
  const libraries = join(checkoutCache, 'software-vulkan')
  rmSync(libraries, { recursive: true, force: true })
  mkdirSync(libraries, { recursive: true })
  symlinkSync(loader, join(libraries, 'libvulkan.so.1'))
  return {
    STRATA_SWIFTSHADER: folder,
    LD_LIBRARY_PATH: [libraries, env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
    VK_DRIVER_FILES: driver,
    VK_ICD_FILENAMES: driver,
    XDG_RUNTIME_DIR: env['XDG_RUNTIME_DIR'] ?? libraries,
  }
}
