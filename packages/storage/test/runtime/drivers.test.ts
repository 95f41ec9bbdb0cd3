import { isVarveError, VarveError } from '@varve/codec'
import {
  asynchronousRuntime,
  io,
  scheduledRuntime,
  synchronousRuntime,
  type Procedure,
  type Runtime,
  type ScheduledRuntime,
} from '@varve/storage'
import { describe, expect, it, vi } from 'vitest'

function scheduled(choose: (alternatives: number) => number = () => 0): ScheduledRuntime {
  return scheduledRuntime({ choose, random: (target) => { target.fill(7) } })
}

const drivers: readonly (readonly [string, () => Runtime])[] = [
  ['asynchronous', () => asynchronousRuntime()],
  ['synchronous', () => synchronousRuntime()],
  ['scheduled', () => scheduled()],
]

function* add(one: number, other: number): Procedure<number> {
  const first = yield* io('first', () => one)
  const second = yield* io('second', () => other)
  return first + second
}

function* failing(): Procedure<never> {
  return yield* io('fail', () => {
    throw new VarveError('IO', 'the disk is on fire', { file: 'a' })
  })
}

describe.each(drivers)('every driver: %s', (kind, create) => {
  it('says what it is', () => {
    expect(create().kind).toBe(kind)
  })

  it('runs a procedure that never waits to a value', async () => {
    expect(await create().run(add(1, 2))).toBe(3)
  })

  it('throws what the procedure throws', async () => {
    const runtime = create()
    await expect(async () => await runtime.run(failing())).rejects.toThrow('fail: the disk is on fire')
  })

  it('lets a procedure wait at a gate that another one opens', async () => {
    const runtime = create()
    const gate = runtime.gate()
    const order: string[] = []
    function* waiting(): Procedure<void> {
      order.push('waits')
      yield* gate.wait()
      order.push('passes')
      yield* gate.wait()
      order.push('passes again')
    }
    function* opening(): Procedure<void> {
      const task = runtime.spawn(waiting())
      runtime.later(() => {
        order.push('opens')
        gate.open()
      })
      yield* task.join()
      order.push('joined')
    }
    await runtime.run(opening())
    expect(order).toEqual(['waits', 'opens', 'passes', 'passes again', 'joined'])
  })

  it('makes who comes after the gate was shut wait again', async () => {
    const runtime = create()
    const gate = runtime.gate()
    gate.open()
    gate.shut()
    function* waiting(): Procedure<boolean> {
      yield* gate.wait()
      return true
    }
    const task = runtime.spawn(waiting())
    expect(task.settled).toBe(false)
    gate.open()
    expect(await runtime.run(task.join())).toBe(true)
    expect(task.settled).toBe(true)
  })

  it('keeps the failure of a spawned procedure for who joins it', async () => {
    const runtime = create()
    const task = runtime.spawn(failing())
    await expect(async () => await runtime.run(task.join())).rejects.toThrow('the disk is on fire')
  })

  it('runs what was put off', async () => {
    const runtime = create()
    const done = vi.fn()
    const cancelled = vi.fn()
    function* procedure(): Procedure<void> {
      const gate = runtime.gate()
      runtime.after(1, done)
      runtime.after(0, cancelled)()
      runtime.after(2, () => { gate.open() })
      yield* gate.wait()
    }
    await runtime.run(procedure())
    expect(done).toHaveBeenCalledOnce()
    expect(cancelled).not.toHaveBeenCalled()
  })

  it('has a clock that does not go back, chance, and turns', async () => {
    const runtime = create()
    const before = runtime.now()
    const bytes = new Uint8Array(64)
    runtime.random(bytes)
    expect(bytes.some((byte) => byte !== 0)).toBe(true)
    function* procedure(): Procedure<string> {
      yield* runtime.turn()
      return 'on'
    }
    expect(await runtime.run(procedure())).toBe('on')
    expect(runtime.now()).toBeGreaterThanOrEqual(before)
  })
})

describe('io', () => {
  it('waits for a promise where the driver can', async () => {
    function* procedure(): Procedure<number> {
      return yield* io('read', () => Promise.resolve(5))
    }
    expect(await asynchronousRuntime().run(procedure())).toBe(5)
  })

  it('turns whatever the storage throws into an error that says what was being done', async () => {
    const cause = new TypeError('x is not a function')
    function* procedure(): Procedure<void> {
      yield* io('read a.varve at 5', () => Promise.reject(cause))
    }
    const run = asynchronousRuntime().run(procedure())
    await expect(run).rejects.toMatchObject({
      code: 'IO',
      message: 'IO: read a.varve at 5: the storage failed: x is not a function',
      cause,
    })
    function* thrown(): Procedure<void> {
      yield* io('list', () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- storage of others may throw anything
        throw 'a string'
      })
    }
    await expect(async () => {
      await asynchronousRuntime().run(thrown())
    }).rejects.toThrow('list: the storage failed: a string')
  })

  it('names the chain of procedures in the stack, also after a wait', async () => {
    function* inner(): Procedure<void> {
      yield* io('sync', () => Promise.reject(new VarveError('IO', 'no')))
    }
    function* outer(): Procedure<void> {
      yield* inner()
    }
    const error: unknown = await Promise.resolve(asynchronousRuntime().run(outer())).catch((cause: unknown) => cause)
    expect((error as Error).stack).toMatch(/inner[\s\S]*outer/)
  })
})

describe('the asynchronous driver', () => {
  it('gives the event loop a turn after six milliseconds of work, with or without setImmediate', async () => {
    const platform = (immediate: boolean): { clock: number; turns: number } & Record<string, unknown> => ({
      clock: 0,
      turns: 0,
      performance: { now(): number { return state.clock } },
      crypto: globalThis.crypto,
      queueMicrotask,
      clearTimeout,
      setTimeout(task: () => void): unknown {
        state.turns += 1
        return setTimeout(task, 0)
      },
      ...(immediate
        ? {
            setImmediate(task: () => void): unknown {
              state.turns += 1
              return setImmediate(task)
            },
          }
        : {}),
    })
    let state = platform(true)
    for (const immediate of [true, false]) {
      state = platform(immediate)
      const runtime = asynchronousRuntime(state as never)
      function* working(): Procedure<void> {
        for (let step = 0; step < 20; step += 1) {
          state.clock += 2
          yield* runtime.turn()
        }
      }
      await runtime.run(working())
      expect(state.turns).toBe(6)
    }
  })
})

describe('the synchronous driver', () => {
  it('refuses a promise, and does not leave its rejection unhandled', () => {
    function* procedure(): Procedure<void> {
      yield* io('sync', () => Promise.reject(new Error('too late')))
    }
    const run = (): unknown => synchronousRuntime().run(procedure())
    expect(run).toThrow(expect.toSatisfy((error: unknown) => isVarveError(error, 'STORAGE_IS_ASYNC')))
  })

  it('notices a procedure that would wait for ever', () => {
    const runtime = synchronousRuntime()
    function* procedure(): Procedure<void> {
      yield* runtime.gate().wait()
    }
    expect(() => runtime.run(procedure())).toThrow('waits for something that only another call could bring')
  })

  it('has no turn to give, also to a procedure that asks another runtime for one', () => {
    const other = scheduled()
    function* procedure(): Procedure<string> {
      yield* other.turn()
      return 'on'
    }
    expect(synchronousRuntime().run(procedure())).toBe('on')
  })

  it('runs what is put off outside of any procedure at once', () => {
    const done = vi.fn()
    synchronousRuntime().later(done)
    expect(done).toHaveBeenCalledOnce()
  })

  it('runs a procedure within a procedure', () => {
    const runtime = synchronousRuntime()
    function* outer(): Procedure<number> {
      return ((runtime.run(add(1, 2)) as number) + (yield* add(3, 4)))
    }
    expect(runtime.run(outer())).toBe(10)
  })
})

describe('the scheduled driver', () => {
  /** Two procedures of three steps each; what comes out depends on the choices alone. */
  function interleaving(choices: readonly number[]): string {
    const left = [...choices]
    const runtime = scheduled((alternatives) => (left.shift() ?? 0) % alternatives)
    let trace = ''
    function* steps(letter: string): Procedure<void> {
      for (let step = 0; step < 3; step += 1) {
        trace += letter
        yield* runtime.turn()
      }
    }
    const tasks = [runtime.spawn(steps('a')), runtime.spawn(steps('b'))]
    runtime.runUntil(() => tasks.every((task) => task.settled))
    return trace
  }

  it('takes every choice from its source, so that equal choices give equal runs', () => {
    expect(interleaving([0, 0, 0])).toBe(interleaving([0, 0, 0]))
    expect(new Set([interleaving([0, 0, 0]), interleaving([1, 1, 1]), interleaving([0, 1, 0])]).size).toBe(3)
  })

  it('reaches every interleaving of two procedures', () => {
    const seen = new Set<string>()
    for (let bits = 0; bits < 2 ** 8; bits += 1) {
      seen.add(interleaving(Array.from({ length: 8 }, (_, at) => (bits >> at) & 1)))
    }
    expect(seen.size).toBe(20)
  })

  it('moves its clock only when nothing else can happen, in order of time', () => {
    const runtime = scheduled((alternatives) => alternatives - 1)
    const order: string[] = []
    runtime.after(20, () => order.push(`late ${runtime.now()}`))
    runtime.after(10, () => order.push(`one ${runtime.now()}`))
    runtime.after(10, () => order.push(`other ${runtime.now()}`))
    runtime.offer(() => order.push(`now ${runtime.now()}`))
    while (runtime.step());
    expect(order).toEqual(['now 0', 'other 10', 'one 10', 'late 20'])
  })

  it('resumes a wait for a thenable that answers at once', () => {
    const runtime = scheduled()
    const answered = { then: (resolve: (value: number) => void) => { resolve(4) } } as unknown as PromiseLike<number>
    function* procedure(): Procedure<number> {
      return yield* io('read', () => answered)
    }
    expect(runtime.run(procedure())).toBe(4)
    const refused = {
      then: (_: unknown, reject: (error: unknown) => void) => { reject(new Error('no')) },
    } as unknown as PromiseLike<number>
    function* refusing(): Procedure<number> {
      return yield* io('read', () => refused)
    }
    expect(() => runtime.run(refusing())).toThrow('read: the storage failed: no')
  })

  it('says so when a procedure has no way to its end', () => {
    const runtime = scheduled()
    function* stuck(): Procedure<void> {
      yield* runtime.gate().wait()
    }
    expect(() => runtime.run(stuck())).toThrow('before it had one')
  })
})
