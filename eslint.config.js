import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { varveRules } from './tooling/eslint-plugin/src/index.ts'

/** Packages whose every run must be repeatable: time, chance and waiting come from the runtime they are given. */
const deterministic = ['codec', 'storage', 'segments', 'checkpoint', 'inspect', 'dst']
/** The one place where the runtime meets the event loop. */
const asynchronousDriver = 'packages/storage/src/runtime/asynchronous.ts'
/** The code of `segments` that meets its caller, and so may hold promises. */
const promisesOfSegments = ['packages/segments/src/log.ts', 'packages/segments/src/api/**']

const waiting = 'Wait through the Runtime (`later`, `turn`) or a `Gate`: the simulator has no event loop.'
const chance = 'Take randomness as a parameter: a run of the simulator must replay from its seed.'
const time = 'Ask the Runtime for the time: the simulator has its own clock.'
const ambient = {
  crypto: chance,
  Date: time,
  performance: time,
  queueMicrotask: waiting,
  requestAnimationFrame: waiting,
  setImmediate: waiting,
  setInterval: waiting,
  setTimeout: waiting,
}

const errorsByBrand = {
  selector: "BinaryExpression[operator='instanceof'][right.name='VarveError']",
  message: 'Use `isVarveError(error, code)`: two copies of the codec may be installed.',
}

/** What an index gives is the one thing that a loop knows better than the compiler. */
const assertions = {
  selector: "TSNonNullExpression:not([expression.type='MemberExpression'][expression.computed=true])",
  message: 'Check the value. Only what an index gives may be asserted, as in `words[at]!`.',
}

export default defineConfig(
  // AssemblyScript looks like TypeScript and is another language, which its own compiler checks.
  { ignores: ['packages/codec/assembly/'] },
  { ignores: ['**/dist/', '**/coverage/', '**/temp/', '**/fixtures/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { varve: varveRules },
    rules: {
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', errorsByBrand, assertions],
      'varve/procedure-yielded': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An empty function says that there is nothing to do.
      '@typescript-eslint/no-empty-function': 'off',
      // `assertions` above is stricter than the one and contradicts the other.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Numbers and booleans print the way one expects.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: {
      // A test knows what it just put there, and a fake is asynchronous because its contract is.
      'no-restricted-syntax': ['error', errorsByBrand],
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['packages/*/src/**'],
    rules: {
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'varve/no-bare-promise': ['error', 'generators'],
    },
  },
  {
    files: ['packages/segments/src/**'],
    ignores: promisesOfSegments,
    rules: { 'varve/no-bare-promise': ['error', 'file'] },
  },
  {
    files: deterministic.map((name) => `packages/${name}/src/**`),
    ignores: [asynchronousDriver],
    rules: {
      'no-restricted-globals': ['error', ...Object.entries(ambient).map(([name, message]) => ({ name, message }))],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: chance },
        ...Object.entries(ambient).map(([property, message]) => ({ object: 'globalThis', property, message })),
      ],
    },
  },
)
