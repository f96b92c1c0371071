/** The linter of components: Svelte's rules. Oxlint has the TypeScript (.oxlintrc.json), svelte-check the types. Formatting is Prettier's. */
import { defineConfig, globalIgnores } from 'eslint/config'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import typescript from 'typescript-eslint'

export default defineConfig(globalIgnores(['**/node_modules/', 'out/', 'dist/', '.cache/']), {
  files: ['**/*.svelte'],
  extends: [typescript.configs.strict, svelte.configs.recommended],
  languageOptions: { parserOptions: { parser: typescript.parser }, globals: globals.browser },
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  rules: {
    '@typescript-eslint/no-non-null-assertion': 'off',
    '@typescript-eslint/no-dynamic-delete': 'off',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'svelte/no-at-html-tags': 'error',
    // Svelte's `$props` and bindings are assigned by the compiler.
    'prefer-const': 'off',
    // Rune state holds plain, replaced values (`$state.raw`): a new Map for each change is the way, not a reactive one.
    'svelte/prefer-svelte-reactivity': 'off',
  },
})
