/** What the studio says of a CUDA provider that is not there, not whole, of another machine, or lacks what it needs. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCudaEngine } from './cuda-engine.ts'
import {
  absenceOn,
  cudaFolder,
  cudaLibraries,
  explainLoading,
  libraryFolder,
  manifestName,
  notInstalled,
} from './cuda-library.ts'
import { parseCards } from './nvidia-cards.ts'

let home: string
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-cuda-'))
})
afterEach(() => fs.rmSync(home, { recursive: true }))

/** First bytes of a 64-bit little-endian library for the machine with this number. */
function elf(machine: number): Buffer {
  const header = Buffer.alloc(64)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(machine, 18)
  return header
}

/** An installed engine whose libraries are `content`; the manifest names the sizes. */
function install(content: Buffer, manifestOf = (files: Record<string, number>): unknown => ({ files })): void {
  const files: Record<string, number> = {}
  for (const name of cudaLibraries) {
    const relative = path.join('node_modules', 'onnxruntime-node', libraryFolder, name)
    const file = path.join(cudaFolder(home), relative)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, content)
    files[relative] = content.length
  }
  fs.writeFileSync(path.join(cudaFolder(home), manifestName), JSON.stringify(manifestOf(files)))
}

async function reason(): Promise<string> {
  const description = await createCudaEngine(home).describe()
  expect(description).toMatchObject({ available: false, devices: [] })
  return description.reason
}

describe('systems that have no CUDA provider', () => {
  it('are told what to use', () => {
    expect(absenceOn('linux', 'x64')).toBe('')
    expect(absenceOn('linux', 'arm64')).toMatch(/linux on arm64; use WebGPU/)
    expect(absenceOn('win32', 'x64')).toMatch(/use DirectML or WebGPU/)
    expect(absenceOn('darwin', 'arm64')).toMatch(/use WebGPU/)
  })
})

describe.skipIf(absenceOn(process.platform, process.arch) !== '')('a CUDA engine', () => {
  it('that is not installed says how to install it', async () => {
    expect(await reason()).toBe(notInstalled)
    const engine = createCudaEngine(home)
    expect(engine.install?.()).toEqual({ installed: false })
    const options = { state: new Map(), seed: 1 }
    await expect(engine.createSession({ state: [] } as never, options)).rejects.toThrow(/strata engine install cuda/)
  })

  it('that was installed in part says so', async () => {
    install(elf(62), () => ({ files: { 'no/such/file': 1 } }))
    expect(await reason()).toMatch(/no\/such\/file is missing: the install is not complete/)
    install(elf(62), (files) => ({ files: Object.fromEntries(Object.keys(files).map((name) => [name, 1000])) }))
    expect(await reason()).toMatch(/has 64 bytes and should have 1000/)
    fs.rmSync(path.join(cudaFolder(home), manifestName))
    expect(await reason()).toMatch(/not complete; install it again/)
    expect(createCudaEngine(home).install?.()).toEqual({ installed: true })
  })

  it('for another processor, or with damaged libraries, says so and leaves the process alive', async () => {
    install(elf(183))
    expect(await reason()).toMatch(/made for arm64, and this processor is x64/)
    install(elf(62))
    expect(await reason()).toMatch(/cannot be loaded: .*; install it again/)
    install(Buffer.from('no library at all, but text in its place. '.repeat(100)))
    expect(await reason()).toMatch(/invalid ELF header/)
  })
})

describe('a library that is missing', () => {
  const opening = 'cannot open shared object file: No such file or directory'
  it.each([
    ['libcuda.so.1', "install NVIDIA's driver"],
    ['libcudnn.so.9', 'install cuDNN 9'],
    ['libcublasLt.so.12', 'install the CUDA toolkit 12'],
    ['libcurand.so.10', 'install the CUDA toolkit, and'],
  ])('%s: %s', (library, help) => {
    expect(explainLoading(`${library}: ${opening}`, '/x/libonnxruntime_providers_cuda.so')).toContain(
      `${library} is missing: ${help}`,
    )
  })
})

describe('the list of cards', () => {
  it('is read with names of any kind, and without cards that tell no size', () => {
    const text = '0, NVIDIA GeForce RTX 4090, 24564, 23028\n1, Quadro, rev 2, 8192, 100\n2, broken, [N/A], [N/A]\n\n'
    expect(parseCards(text)).toEqual([
      { index: 0, name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24564 * 2 ** 20, freeBytes: 23028 * 2 ** 20 },
      { index: 1, name: 'Quadro, rev 2', memoryBytes: 8192 * 2 ** 20, freeBytes: 100 * 2 ** 20 },
    ])
    expect(parseCards('NVIDIA-SMI has failed because it could not communicate with the driver')).toEqual([])
  })
})
