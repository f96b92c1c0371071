/**
 * Who may import whom (dependency-cruiser). Imports point one way: experiments <- main <- app; the renderer sees experiments
 * and the contract in app/ipc; each outside power has one module.
 */
const ours = '^(app|renderer|main|native|experiments|e2e)/'

/** Folder -> what of ours it may import besides itself. */
const allowed = {
  experiments: [],
  native: [],
  main: ['experiments', 'native'],
  renderer: ['experiments', 'app/ipc'],
}

/** Package -> the only place that may import it. Tests of the window and type-only imports follow the same rule. */
const powers = {
  'onnxruntime-node': '^main/engines/onnx/',
  // Types, and in tests the kernels in JavaScript; the native package is loaded by name when a trainer wants it.
  '@tensorflow/tfjs-core': '^main/engines/(tensorflow/|engines\\.fixture)',
  // Tests of the service open its database from outside, as another program would.
  'better-sqlite3': '^(main/store/|app/service/home-lock|main/.*\\.test\\.ts$)',
  electron: '^(app/electron/|app/setup/default-app/|e2e/)',
  sharp: '^main/(datasets|images)/',
  svelte: '^renderer/',
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(allowed).map(([folder, others]) => ({
      name: `${folder}-imports`,
      comment: `${folder}/ may import ${others.length > 0 ? others.join('/ and ') + '/' : 'nothing of ours'} besides itself.`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: ours, pathNot: `^(${[folder, ...others].join('|')})/` },
    })),
    {
      name: 'experiments-pure',
      comment: 'experiments/ runs in the window and in the service: neither Node nor Electron. Tests may read files.',
      severity: 'error',
      from: { path: '^experiments/', pathNot: '\\.(test|bench|fixture)\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-without-node',
      comment: 'The window is sandboxed: no Node modules.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '(\\.test\\.ts|^renderer/vite\\.config\\.ts)$' },
      to: { dependencyTypes: ['core'] },
    },
    ...Object.entries(powers).map(([name, place]) => ({
      name: `only-one-place-for-${name}`,
      comment: `Only ${place.replace(/[\\^]/g, '')} may import ${name}.`,
      severity: 'error',
      from: { path: ours, pathNot: place },
      to: { path: `(^|/)node_modules/(@types/)?${name}/` },
    })),
    {
      name: 'electron-builtin',
      comment: 'Only app/electron may import electron.',
      severity: 'error',
      from: { path: ours, pathNot: powers.electron },
      to: { path: '^electron(/|$)' },
    },
    {
      name: 'no-cycles',
      comment:
        "Files that import each other in a circle cannot be understood one at a time. Types may refer to each other, and so may ops: they are each other's gradients.",
      severity: 'error',
      from: { pathNot: '^experiments/ops/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(virtual:|svelte/|electron/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(out|dist|\\.cache|results)/' },
    includeOnly: undefined,
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'node', 'default'],
      extensions: ['.ts', '.svelte', '.svelte.ts', '.mjs', '.js', '.d.ts', '.json'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
    cache: { folder: '.cache/depcruise', strategy: 'content' },
  },
}
