import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isVarveError } from '@varve/codec'
import { SimulatedStorage } from '@varve/dst'
import type { LogFile, LogStorage, OpenMode } from '@varve/storage'
import { memoryStorage } from '@varve/storage-memory'
import { nodeStorage } from '@varve/storage-node'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** One call of the storage contract; handles are numbered in the order in which they were opened. */
type Call =
  | { readonly do: 'list' | 'syncNames' }
  | { readonly do: 'open'; readonly name: string; readonly mode: OpenMode }
  | { readonly do: 'rename'; readonly name: string; readonly to: string }
  | { readonly do: 'remove'; readonly name: string }
  | { readonly do: 'close' | 'size' | 'sync'; readonly handle: number }
  | { readonly do: 'read' | 'write' | 'writeDurable'; readonly handle: number; readonly at: number; readonly bytes: number }
  | { readonly do: 'resize' | 'reserve'; readonly handle: number; readonly at: number }

const name = fc.constantFrom('a', 'b', 'c', 'spare-00000001.varve')
const handle = fc.nat(5)
const at = fc.oneof(fc.nat(300), fc.constantFrom(0, 63, 64, 65, 128, 4096))
const bytes = fc.oneof(fc.nat(200), fc.constantFrom(0, 1, 64))

const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('list' as const, 'syncNames' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      name,
      mode: fc.constantFrom<OpenMode>('create', 'create', 'existing', 'read'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), name, to: name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('close' as const, 'size' as const, 'sync' as const), handle }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'write' as const, 'writeDurable' as const),
      handle,
      at,
      bytes,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('resize' as const, 'reserve' as const), handle, at }) },
)

/** A storage, and what was opened on it. */
class Subject {
  readonly storage: LogStorage
  readonly #handles: { readonly name: string; readonly file: LogFile; isOpen: boolean }[] = []

  constructor(storage: LogStorage) {
    this.storage = storage
  }

  /** What a caller can tell of the call: its value, or the code of its error. */
  async answer(what: Call, filler: number): Promise<unknown> {
    try {
      return await this.#perform(what, filler)
    } catch (error) {
      if (isVarveError(error)) return error.code
      throw error
    }
  }

  async closeAll(): Promise<void> {
    for (const each of this.#handles) if (each.isOpen) await each.file.close()
    await this.storage.close()
  }

  async #perform(what: Call, filler: number): Promise<unknown> {
    const { storage } = this
    switch (what.do) {
      case 'list':
        return [...(await storage.list())].sort()
      case 'syncNames':
        await storage.syncNames()
        return undefined
      case 'open':
        this.#handles.push({ name: what.name, file: await storage.open(what.name, what.mode), isOpen: true })
        return 'opened'
      case 'rename':
      case 'remove': {
        // Whether an open file may be moved is the platform's affair; the log never does it.
        const names = what.do === 'rename' ? [what.name, what.to] : [what.name]
        if (this.#handles.some((each) => each.isOpen && names.includes(each.name))) return 'not asked'
        if (what.do === 'remove') await storage.remove(what.name)
        else if (what.name !== what.to) await storage.rename(what.name, what.to)
        return 'asked'
      }
      default:
        return await this.#onFile(what, filler)
    }
  }

  async #onFile(what: Extract<Call, { handle: number }>, filler: number): Promise<unknown> {
    const held = this.#handles[what.handle]
    if (held === undefined) return 'no handle'
    const { file } = held
    switch (what.do) {
      case 'close':
        held.isOpen = false
        await file.close()
        return undefined
      case 'size':
        return await file.size()
      case 'sync':
        await file.sync()
        return undefined
      case 'read': {
        const target = new Uint8Array(what.bytes)
        const count = await file.read(target, what.at)
        return [count, target.subarray(0, count).join()]
      }
      case 'write':
        await file.write(new Uint8Array(what.bytes).fill(filler), what.at)
        return undefined
      case 'writeDurable':
        return await file.writeDurable?.(new Uint8Array(what.bytes).fill(filler), what.at)
      case 'resize':
        await file.resize(what.at)
        return undefined
      case 'reserve':
        return await file.reserve?.(what.at)
    }
  }
}

async function sameAnswers(calls: readonly Call[], adapters: Readonly<Record<string, LogStorage>>): Promise<void> {
  const model = new Subject(new SimulatedStorage())
  const subjects = Object.entries(adapters).map(([name, storage]) => ({ name, subject: new Subject(storage) }))
  // The lock comes first in every log, and makes the directory.
  for (const { subject } of subjects) await subject.storage.lock()
  for (const [step, what] of calls.entries()) {
    const expected = await model.answer(what, step + 1)
    for (const { name, subject } of subjects) {
      const answer = await subject.answer(what, step + 1)
      expect({ adapter: name, step, what, answer }).toEqual({ adapter: name, step, what, answer: expected })
    }
  }
  for (const { subject } of subjects) await subject.closeAll()
}

const someCalls = fc.array(call, { minLength: 5, maxLength: 60, size: 'max' })

describe('the simulated storage', () => {
  it('answers like memory and like files, whatever is asked in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(someCalls, async (calls) => {
        const root = mkdtempSync(join(tmpdir(), 'varve-differential-'))
        try {
          await sameAnswers(calls, {
            'memory': memoryStorage(),
            'memory-async': memoryStorage({ asynchronous: true }),
            'node': nodeStorage(join(root, 'a')),
            'node-sync': nodeStorage(join(root, 'b'), { synchronous: true }),
          })
        } finally {
          rmSync(root, { recursive: true })
        }
      }),
      { numRuns: 120 },
    )
  })

  it('is told apart from a storage that writes one byte too far', async () => {
    const storage = memoryStorage()
    const open = storage.open.bind(storage)
    const wrong: LogStorage = {
      ...storage,
      capabilities: storage.capabilities,
      list: () => storage.list(),
      rename: (from, to) => storage.rename(from, to),
      remove: (which) => storage.remove(which),
      syncNames: () => storage.syncNames(),
      close: () => storage.close(),
      lock: () => storage.lock(),
      open(which, mode) {
        const file = open(which, mode) as LogFile
        const write = (source: Uint8Array<ArrayBuffer>, position: number): void => {
          void file.write(source, position + 1)
        }
        return {
          size: () => file.size(),
          read: (target, position) => file.read(target, position),
          write,
          writeDurable: write,
          reserve: (size) => file.reserve?.(size),
          sync: () => file.sync(),
          resize: (size) => file.resize(size),
          close: () => file.close(),
        }
      },
    }
    const calls: Call[] = [
      { do: 'open', name: 'a', mode: 'create' },
      { do: 'write', handle: 0, at: 0, bytes: 8 },
      { do: 'size', handle: 0 },
    ]
    await expect(sameAnswers(calls, { wrong })).rejects.toThrow(/adapter: 'wrong', step: 2/)
  })
})
