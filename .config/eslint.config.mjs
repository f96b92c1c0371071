/** The linter: typescript-eslint with types, Svelte's rules, and what our house style adds. Formatting is Prettier's. */
import { defineConfig, globalIgnores } from 'eslint/config'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import { fileURLToPath } from 'node:url'
import typescript from 'typescript-eslint'

const root = fileURLToPath(new URL('..', import.meta.url))
const typed = {
  projectService: { defaultProject: 'tsconfig.json' },
  tsconfigRootDir: root,
}

export default defineConfig(
  globalIgnores([
    '**/node_modules/',
    'out/',
    'dist/',
    '.cache/',
    'e2e/results/',
    '**/*_pb.ts',
    'renderer/i18n/generated/',
  ]),
  {
    files: ['**/*.ts', '**/*.svelte', 'app/setup/**/*.mjs'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: { parserOptions: typed },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // `strictTypeChecked` asks for more than pays here: numbers in messages are fine, empty functions are a choice.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Element access yields undefined in our types; a loop over a tensor knows better, and an assertion costs nothing at run time.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      // Enums of libraries that exist in their types only, such as uPlot's, have no value to assign.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Use a named export: the name is then the same everywhere.' },
      ],
    },
  },
  {
    // Plain JavaScript with types in comments, checked by tsc. What JSON.parse returns has no cast as short as in TypeScript.
    files: ['app/setup/**/*.mjs'],
    languageOptions: { globals: globals.node },
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Tests of the window run functions inside it, and try there what is forbidden.
    files: ['e2e/**/*.ts'],
    rules: {
      '@typescript-eslint/no-implied-eval': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Tools read their configuration from the default export.
    files: ['**/*.config.ts', '.config/**'],
    extends: [typescript.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false, project: false } },
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['renderer/**'],
    extends: [svelte.configs.recommended],
    languageOptions: { globals: globals.browser },
  },
  {
    // Without types: with them each component makes the whole program anew, which took minutes. svelte-check knows its types and checks them.
    files: ['**/*.svelte'],
    extends: [typescript.configs.disableTypeChecked],
    languageOptions: { parserOptions: { parser: typescript.parser, projectService: false, project: false } },
    rules: { 'svelte/no-at-html-tags': 'error' },
  },
  {
    files: ['**/*.svelte.ts'],
    languageOptions: { parser: typescript.parser, parserOptions: typed },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    rules: {
      // Svelte's `$props` and bindings are assigned by the compiler.
      'prefer-const': 'off',
      // Rune state holds plain, replaced values (`$state.raw`): a new Map for each change is the way, not a reactive one.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
)
