import type { Step } from './step.ts'
import { api } from './steps/api.ts'
import { browsers, runtimes } from './steps/elsewhere.ts'
import { shape } from './steps/shape.ts'
import { size } from './steps/size.ts'
import { tests } from './steps/tests.ts'
import { types } from './steps/types.ts'
import { pnpm, script, tool } from './tool.ts'

/** The gate, in order: what fails fastest comes first, and what reads `dist` comes after `build`. */
export const steps: readonly Step[] = [
  {
    name: 'tidy',
    proves: 'the text keeps the house rules',
    run: () => script('tooling/tidy/src/main.ts'),
  },
  {
    name: 'types',
    proves: 'it compiles, and no package leans on globals it did not ask for',
    run: types,
  },
  {
    name: 'lint',
    proves: 'no procedure is dropped, no promise floats, nothing is ambient',
    run: () => tool('eslint', '.', '--max-warnings=0'),
  },
  {
    name: 'layers',
    proves: 'imports follow the arrows, and resolve',
    run: () => tool('dependency-cruiser', '--config', '.dependency-cruiser.mjs', 'packages', 'apps', 'tooling'),
  },
  {
    name: 'dead',
    proves: 'every file, export and dependency is used',
    run: () => tool('knip', '--no-config-hints'),
  },
  {
    name: 'wasm',
    proves: 'the WebAssembly in the sources is what its own source compiles to',
    run: ({ update }) => script('tooling/build/src/kernel-module.ts', ...(update ? [] : ['--check'])),
  },
  {
    name: 'build',
    proves: 'every package builds',
    run: () => pnpm('exec', 'turbo', 'run', 'build', '--continue=dependencies-successful', '--output-logs=errors-only'),
  },
  {
    name: 'shape',
    proves: 'the tarballs work for bundlers and compilers',
    run: shape,
  },
  {
    name: 'size',
    proves: 'bundles are within their budgets',
    run: size,
  },
  {
    name: 'api',
    proves: 'the public types are the reported ones',
    run: api,
  },
  {
    name: 'docs',
    proves: 'the code in the documentation compiles and runs',
    run: () => script('tooling/docs/src/main.ts'),
  },
  {
    name: 'tests',
    proves: 'tests pass and reach every line',
    run: () => tests('unit', '--coverage'),
  },
  {
    name: 'runtimes',
    proves: 'the node adapter keeps its promises on Node 20 to 26, Bun and Deno',
    run: runtimes,
  },
  {
    name: 'browsers',
    proves: 'it works in real browsers, which may be killed',
    run: browsers,
  },
  {
    name: 'torture',
    proves: 'the log survives two minutes of crashes, and every known bug is found',
    run: () => script('--conditions=@varve/source', 'apps/torture/src/main.ts', '--seconds', '120', '--zoo'),
  },
  {
    name: 'self',
    proves: 'each of these checks can fail',
    run: () => tests('self'),
  },
]
