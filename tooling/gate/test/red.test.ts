import { randomBytes } from 'node:crypto'
import { describe, it } from 'vitest'
import { Copy } from './copy.ts'

interface Fault {
  readonly step: string
  readonly plant: (copy: Copy) => void
  /** What the step must say: one sign for every fault that was planted. */
  readonly says: readonly string[]
}

const faults: Record<string, Fault> = {
  'an untidy file': {
    step: 'tidy',
    plant: (copy) => {
      copy.add('docs/planted.md', 'A line. \n')
    },
    says: ['docs/planted.md:1: ends in white space'],
  },

  'wrong types in a test, a global of the platform in a library, syntax that cannot be erased': {
    step: 'types',
    plant: (copy) => {
      copy.add('packages/codec/test/planted.ts', "export const planted: number = 'one'\n")
      copy.add('packages/codec/src/planted.ts', 'export const planted: number = process.pid\n')
      copy.add('packages/storage/src/planted.ts', 'export enum Planted {\n  one,\n}\n')
    },
    says: [
      "packages/codec/test/planted.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'",
      "packages/codec/src/planted.ts(1,32): error TS2591: Cannot find name 'process'",
      'packages/storage/src/planted.ts(1,13): error TS1294',
    ],
  },

  'a procedure that is not yielded, and what else the rules forbid': {
    step: 'lint',
    plant: (copy) => {
      copy.remove('apps', 'tooling/*/test')
      copy.add('packages/segments/src/planted.ts', plantedForLint)
    },
    says: [
      'varve/procedure-yielded',
      'varve/no-bare-promise',
      'isVarveError(error, code)',
      'must replay from its seed',
      'the simulator has no event loop',
      'Only what an index gives may be asserted',
      'no-explicit-any',
      'no-floating-promises',
      'Unused eslint-disable directive',
    ],
  },

  'imports against the arrows': {
    step: 'layers',
    plant: (copy) => {
      copy.add('packages/codec/src/planted.ts', "import '@varve/storage'\n")
      copy.add('packages/storage/src/planted.ts', "import 'typescript'\n")
      copy.add('packages/storage/src/planted.ts', "import '../../storage-memory/src/index.ts'\n")
      copy.add('packages/segments/src/planted.ts', "import '@varve/storage-node'\nimport 'node:fs'\n")
      copy.add('packages/segments/src/planted-loop.ts', "import './planted-pool.ts'\n")
      copy.add('packages/segments/src/planted-pool.ts', "import './planted-loop.ts'\n")
      copy.add('packages/segments/src/planted-test.ts', "import '../test/planted.ts'\n")
      copy.add('packages/segments/test/planted.ts', "import '../../codec/src/kernel.ts'\n")
      copy.add('packages/planted/src/index.ts', "import 'node:fs'\n")
    },
    says: [
      'error resolves: packages/codec/src/planted.ts → @varve/storage',
      'error layer-storage: packages/storage/src/planted.ts → packages/storage-memory/src/index.ts',
      'error no-way-around: packages/storage/src/planted.ts → packages/storage-memory/src/index.ts',
      'error no-dependencies: packages/storage/src/planted.ts',
      'error layer-segments: packages/segments/src/planted.ts → packages/storage-node/src/index.ts',
      'error no-platform: packages/segments/src/planted.ts → fs',
      'error no-cycle: packages/segments/src/planted-loop.ts',
      'error sources-without-tests: packages/segments/src/planted-test.ts',
      'error no-internals: packages/segments/test/planted.ts → packages/codec/src/kernel.ts',
      'error layer-unknown: packages/planted/src/index.ts',
    ],
  },

  'a dead file, a dead export, an undeclared import, an unused dependency': {
    step: 'dead',
    plant: (copy) => {
      copy.add('packages/codec/src/planted.ts', 'export {}\n')
      copy.add('packages/codec/src/planted-used.ts', 'export const plantedExport = 1\n')
      copy.add('packages/codec/src/index.ts', "\nimport './planted-used.ts'\nimport '@varve/segments'\n")
      copy.replace('packages/storage/package.json', 'dependencies": {', 'dependencies": { "varve": "workspace:^",')
    },
    says: [
      'packages/codec/src/planted.ts',
      'plantedExport',
      '@varve/segments  packages/codec/src/index.ts',
      'packages/storage/package.json',
    ],
  },

  'WebAssembly that was not made of the source beside it': {
    step: 'wasm',
    plant: (copy) => {
      copy.replace('packages/codec/assembly/layout.ts', 'scratchBytes: u32 = 128', 'scratchBytes: u32 = 136')
    },
    says: ['packages/codec/src/kernel-module.ts is not what packages/codec/assembly/index.ts compiles to'],
  },

  'a tarball that lacks what it exports, and types that do not resolve': {
    step: 'shape',
    plant: (copy) => {
      copy.replace('packages/codec/package.json', './dist/index.js', './dist/planted.js')
      copy.add('packages/storage-memory/dist/index.d.ts', "\nexport * from './planted'\n")
    },
    says: ['is ./dist/planted.js but the file does not exist', 'Internal resolution error'],
  },

  'a bundle over its budget': {
    step: 'size',
    plant: (copy) => {
      copy.add('packages/codec/dist/index.js', `\nexport const planted = '${randomBytes(8192).toString('hex')}'\n`)
    },
    says: ['OVER BUDGET'],
  },

  'a change of the public types': {
    step: 'api',
    plant: (copy) => {
      copy.add('packages/codec/dist/index.d.ts', '\nexport declare const planted: number\n')
    },
    says: ['packages/codec/api/codec.api.md differs'],
  },

  'an adapter that breaks its contract on another runtime': {
    step: 'runtimes',
    plant: (copy) => {
      // One runtime is enough to see it, and the one that runs this need not be fetched.
      const all = "'--short'"
      copy.replace('tooling/gate/src/steps/elsewhere.ts', all, `${all}, '--on', 'node24', '--suite', 'conformance'`)
      const call = 'ftruncateSync(this.#handle.fd, size'
      copy.replace('packages/storage-node/src/file.ts', `${call})`, `${call} + 1)`)
    },
    says: [
      'FAILED node storage, asynchronous: resize.cut',
      'FAILED node storage, synchronous: resize.cut',
    ],
  },

  'documentation that does not compile, and documentation that throws': {
    step: 'docs',
    plant: (copy) => {
      copy.add('docs/planted.md', '```ts run\nconst one: string = 1\nvoid one\n```\n\n')
      copy.add('docs/planted.md', "```ts run\nthrow new Error('two')\n```\n")
    },
    says: ["docs--planted--2.ts(2,7): error TS2322: Type 'number'", 'docs/planted.md:7 failed', 'Error: two'],
  },
}

const plantedForLint = `
import { VarveError } from '@varve/codec'
import type { Procedure } from '@varve/storage'

export function* dropped(start: () => Procedure<void>): Procedure<void> {
  start()
  yield* start()
}
export async function bare(words: number[]): Promise<void> {
  // eslint-disable-next-line no-console -- planted
  const anything: any = words.find((word) => word > Math.random())!
  Promise.resolve(anything)
  setTimeout(() => {}, 1)
}
export function isOurs(error: unknown): boolean {
  return error instanceof VarveError
}
`

describe.concurrent('the gate turns red for', () => {
  it.each(Object.entries(faults))('%s', async (_, { step, plant, says }) => {
    const copy = new Copy()
    try {
      plant(copy)
      const { status, stdout, stderr } = await copy.gate(step)
      const output = stdout + stderr
      const missing = says.filter((sign) => !output.includes(sign))
      if (status !== 1 || missing.length > 0) {
        throw new Error(`${step} ended with ${String(status)} and did not say ${missing.join(' | ')}\n${output}`)
      }
    } finally {
      copy.delete()
    }
  })
})
