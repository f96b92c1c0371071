/** Words of engines and devices, in English. */
export const devices = {
  install: (engine: string) => `Install ${engine}`,
  repair: 'Install again',
  remove: 'Remove',
  installing: (engine: string) => `Installing ${engine}`,
  installHelp: {
    'onnxruntime-cuda':
      "For NVIDIA cards. Fetches 240 MiB with a checksum; NVIDIA's driver, CUDA and cuDNN are installed by yourself, and what is missing of them is said here.",
    tensorflow:
      "Trains with TensorFlow's own operations. Uses the TensorFlow of Python where there is one, else fetches it; needs npm and a C++ compiler.",
  },
  cancel: 'Stop installing',
  working: 'Working…',
  steps: {
    packages: 'Fetching packages…',
    library: 'Fetching the library…',
    unpack: 'Unpacking…',
    build: 'Compiling the binding…',
    check: 'Looking whether it works…',
  },
}
