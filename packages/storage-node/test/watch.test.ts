import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nodeStorage, type NodeStorage } from '../src/index.ts'
import { errno, failure, fsWith } from './support/faults.ts'
import { temporaryDirectory } from './support/temporary.ts'

describe('watch', () => {
  it('tells of changes by another process', async () => {
    const path = temporaryDirectory()
    const changed = vi.fn()
    const stop = nodeStorage(path).watch?.(changed)
    for (let step = 0; step < 500 && changed.mock.calls.length === 0; step += 1) {
      writeFileSync(join(path, 'a'), String(step))
      await pause(10)
    }
    stop?.()
    expect(changed).toHaveBeenCalled()
  })

  it('does nothing where the platform cannot watch', () => {
    const fs = fsWith({ watch: () => { throw errno('ENOSPC') } })
    const stop = nodeStorage(temporaryDirectory(), { fs }).watch?.(() => undefined)
    stop?.()
  })

  it('is refused once the storage is closed', async () => {
    const storage = nodeStorage(temporaryDirectory())
    await storage.close()
    await failure('CLOSED', () => storage.watch?.(() => undefined))
  })
})

describe('a watch of the system', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  interface Watched {
    readonly emit: (name: string | null) => void
    readonly fail: () => void
    readonly close: () => void
    readonly changed: () => void
    readonly stop: () => void
    readonly storage: NodeStorage
  }

  function watched(): Watched {
    let emit: ((name: string | null) => void) | undefined
    let fail: (() => void) | undefined
    const close = vi.fn()
    const changed = vi.fn()
    const fs = fsWith({
      watch: (_path, options, listener) => {
        expect(options).toEqual({ persistent: false })
        emit = (name) => { listener('change', name) }
        return { close, on: (_event, failed) => { fail = () => { failed(errno('EIO')) } } }
      },
    })
    const storage = nodeStorage('/nowhere', { fs })
    const stop = storage.watch?.(changed)
    return { emit: (name) => emit?.(name), fail: () => fail?.(), close, changed, stop: () => stop?.(), storage }
  }

  it('is told once for what comes together', () => {
    const { emit, changed } = watched()
    emit('a')
    emit(null)
    expect(changed).not.toHaveBeenCalled()
    vi.runAllTimers()
    expect(changed).toHaveBeenCalledTimes(1)
    emit('a')
    vi.runAllTimers()
    expect(changed).toHaveBeenCalledTimes(2)
  })

  it('is not told of the lock', () => {
    const { emit, changed } = watched()
    emit('lock-00000001')
    vi.runAllTimers()
    expect(changed).not.toHaveBeenCalled()
  })

  it('that fails ends quietly', () => {
    const { fail, close } = watched()
    fail()
    expect(close).toHaveBeenCalled()
  })

  it('ends with its stop, and nothing that was gathered is told', () => {
    const { emit, stop, close, changed } = watched()
    emit('a')
    stop()
    vi.runAllTimers()
    expect(close).toHaveBeenCalled()
    expect(changed).not.toHaveBeenCalled()
  })

  it('ends with the storage', async () => {
    const { close, storage } = watched()
    await storage.close()
    expect(close).toHaveBeenCalled()
  })
})
