import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import * as facade from 'varve'
import * as diagnosticsChannel from 'varve/diagnostics-channel'
import * as openTelemetry from 'varve/opentelemetry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, type ConsumerOptions } from './support/consumer.ts'
import { firstExample, readmeExample } from './support/readme.ts'
import { machineNode, packAll, pinnedNode } from './support/workspace.ts'

const minutes = 60_000
const nodes = [
  ['the Node of this machine', machineNode()],
  ['the pinned Node', pinnedNode],
] as const

const consumers = {
  adapter: new URL('./consumers/adapter.ts', import.meta.url),
  checkpoints: new URL('./consumers/checkpoints.ts', import.meta.url),
  codec: new URL('./consumers/codec.ts', import.meta.url),
  copied: new URL('./consumers/copied.ts', import.meta.url),
  exported: new URL('./consumers/exported.ts', import.meta.url),
  'facade-types': new URL('./consumers/facade-types.ts', import.meta.url),
  following: new URL('./consumers/following.ts', import.meta.url),
  inside: new URL('./consumers/inside.ts', import.meta.url),
  'log-worker': new URL('./consumers/log-worker.ts', import.meta.url),
  observed: new URL('./consumers/observed.ts', import.meta.url),
  'own-storage': new URL('./consumers/own-storage.ts', import.meta.url),
  page: new URL('./consumers/page.ts', import.meta.url),
  parts: new URL('./consumers/parts.ts', import.meta.url),
}

function source(name: keyof typeof consumers): string {
  return fileURLToPath(consumers[name])
}

const directory = mkdtempSync(join(tmpdir(), 'varve-tarballs-'))
let tarballs: ReadonlyMap<string, string> = new Map()

beforeAll(() => {
  tarballs = packAll(directory)
}, 3 * minutes)
afterAll(() => {
  rmSync(directory, { recursive: true })
})

/** Sets up a consumer for a group of tests. */
function consumer(options: Omit<ConsumerOptions, 'tarballs'>): () => Consumer {
  let made: Consumer | undefined
  beforeAll(() => {
    made = new Consumer({ ...options, tarballs })
    made.compile()
  }, minutes)
  afterAll(() => made?.remove())
  return () => {
    if (made === undefined) throw new Error('there is no consumer')
    return made
  }
}

describe('the codec, installed alone', () => {
  const project = consumer({ dependencies: ['@varve/codec'], sources: [source('codec')], platform: 'none' })

  it('brings no other package', () => {
    expect(project().installed).toEqual(['@varve/codec'])
  })

  it.each(nodes)('frames a stream, and decodes it up to the byte that was damaged, on %s', (_name, node) => {
    const seen = JSON.parse(project().run(node, 'codec.js')) as Record<string, string[]>
    const { intact = [], corrupted = [], truncated = [] } = seen
    expect(intact).toEqual([...Array.from({ length: 100 }, (_, at) => `record ${at + 1}`), 'end'])
    expect(corrupted.length).toBeGreaterThan(50)
    expect(corrupted.length).toBeLessThan(90)
    expect(corrupted).toEqual([...intact.slice(0, corrupted.length - 1), 'invalid'])
    expect(truncated).toEqual([...intact.slice(0, truncated.length - 1), 'incomplete'])
  }, minutes)
})

describe('varve, installed with nothing but what it asks for', () => {
  const sources = [{ name: 'example.ts', text: readmeExample() }]
  const project = consumer({ dependencies: ['varve'], sources, platform: 'node' })

  it.each(nodes)('runs the first example of the README on %s', (_name, node) => {
    expect(() => project().run(node, 'example.js')).not.toThrow()
  }, minutes)

  it('brings only packages of this repository', () => {
    expect(project().installed.filter((name) => !tarballs.has(name))).toEqual([])
    expect(project().installed).toContain('@varve/segments')
  })
})

describe('varve, used for everything that it has', () => {
  const names = ['exported', 'checkpoints', 'following', 'copied', 'observed'] as const
  const project = consumer({ dependencies: ['varve'], sources: names.map((name) => source(name)), platform: 'node' })
  const printed = (node: string, name: string): unknown => JSON.parse(project().run(node, `${name}.js`))

  it.each(nodes)('has everything that its sources export, on %s', (_name, node) => {
    const namesOf = (module: object): string[] => Object.keys(module).sort()
    expect(printed(node, 'exported')).toEqual({
      varve: namesOf(facade),
      'varve/node': namesOf(facade),
      'varve/diagnostics-channel': namesOf(diagnosticsChannel),
      'varve/opentelemetry': namesOf(openTelemetry),
      'without a platform': namesOf(facade).filter((name) => name !== 'nodeStorage'),
    })
  }, minutes)

  it.each(nodes)('publishes a state, gives up what it replaces, and recovers from it, on %s', (_name, node) => {
    const seen = printed(node, 'checkpoints') as Record<string, unknown>
    expect(seen).toMatchObject({
      before: { total: 0, applied: 0 },
      after: { total: 507, restored: 500, applied: 7 },
      floor: 501,
      recycled: 'number',
    })
    expect(seen.removed).toBeGreaterThan(5)
  }, minutes)

  it.each(nodes)('writes entries, follows them and looks back, on %s', (_name, node) => {
    expect(printed(node, 'following')).toEqual({
      seen: ['1 apples', '2 pears', '3 plums', '4 quinces'],
      lastSequence: 3,
      hidden: 'not there',
    })
  }, minutes)

  it.each(nodes)('copies a log with its checkpoints, and goes on with the copy, on %s', (_name, node) => {
    const state = 'the first two hundred'
    expect(printed(node, 'copied')).toEqual({ checkpoints: 1, state, records: 1, next: 202 })
  }, minutes)

  it.each(nodes)('tells diagnostics channels and OpenTelemetry, on %s', (_name, node) => {
    const told = ['opened', 'checkpoint', 'closed']
    expect(printed(node, 'observed')).toEqual({ told, open: 0, records: 1, events: 1 })
  }, minutes)
})

describe('the parts, installed without the facade', () => {
  const parts = ['@varve/checkpoint', '@varve/segments', '@varve/storage-memory']
  const project = consumer({ dependencies: parts, sources: [source('parts')], platform: 'none' })

  it('bring no storage of a platform', () => {
    expect(project().installed.sort()).toEqual([...parts, '@varve/codec', '@varve/storage'].sort())
  })

  it.each(nodes)('recover a state in memory on %s', (_name, node) => {
    expect(JSON.parse(project().run(node, 'parts.js'))).toEqual({ state: [1, 2] })
  }, minutes)
})

describe('varve, bundled for a platform whose types are not there', () => {
  const project = consumer({ dependencies: ['varve'], sources: [source('facade-types')], platform: 'none' })

  it('compiles, with the declarations of all packages checked', () => {
    expect(project().installed).toContain('varve')
  })
})

describe('varve in a page, bundled with nothing to configure', () => {
  const names = ['page', 'log-worker', 'inside'] as const
  const project = consumer({ dependencies: ['varve'], sources: names.map((name) => source(name)), platform: 'none' })
  const bundled = async (name: (typeof names)[number]): Promise<string> => {
    const { outputFiles } = await build({
      entryPoints: [join(project().directory, `${name}.ts`)],
      bundle: true,
      format: 'esm',
      write: false,
      logLevel: 'silent',
    })
    return outputFiles.map(({ text }) => text).join('')
  }

  it.each(names)('names no module of Node: %s', async (name) => {
    const text = await bundled(name)
    expect(text).not.toMatch(/node:(fs|path|os|crypto|zlib|worker_threads)/)
    expect(text).toContain('getDirectory')
  })

  it('has the worker in the page, as text', async () => {
    expect(await bundled('page')).toMatch(/workerSource = ['"`]/)
    expect(await bundled('log-worker')).not.toMatch(/workerSource = ['"`]/)
  })
})

describe('a storage of its own', () => {
  const project = consumer({
    dependencies: ['varve', '@varve/storage'],
    sources: [source('adapter'), source('own-storage')],
    platform: 'node',
  })

  it('takes fewer than 80 lines', () => {
    expect(readFileSync(source('adapter'), 'utf8').trimEnd().split('\n').length).toBeLessThan(80)
  })

  it.each(nodes)('passes the conformance suite and runs a log on %s', (_name, node) => {
    const seen = JSON.parse(project().run(node, 'own-storage.js')) as Record<string, unknown>
    expect(seen).toMatchObject({ ok: true, failed: [], lengths: Array.from({ length: 200 }, (_, at) => at) })
    expect(seen.passed).toBeGreaterThan(40)
    expect(seen.segments).toBeGreaterThan(2)
  }, minutes)
})

describe('the first example of a README', () => {
  it('is its first block of TypeScript', () => {
    expect(firstExample('# x\n```sh\nnpm i\n```\n```ts run\nconst a = 1\n\nb(a)\n```\n```ts\nc\n```\n')).toBe(
      'const a = 1\n\nb(a)\n',
    )
    expect(firstExample('# x\n```tsx\na\n```\n')).toBeUndefined()
  })
})
