/** Words of engines and devices, in English. */
export const devices = {
  install: (engine: string) => `Install ${engine}`,
  repair: 'Install again',
  remove: 'Remove',
  installing: (engine: string) => `Installing ${engine}`,
  installHelp:
    "Trains with TensorFlow's own operations. Uses the TensorFlow of Python where there is one, else fetches it; needs npm and a C++ compiler.",
  working: 'Working…',
  steps: {
    packages: 'Fetching packages…',
    library: 'Fetching TensorFlow…',
    build: 'Compiling the binding…',
    check: 'Looking whether it works…',
  } as Readonly<Record<string, string>>,
}
