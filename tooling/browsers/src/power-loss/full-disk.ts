import { appendFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserName } from '../driver/find.ts'
import type { Tab } from '../driver/tab.ts'
import { Books } from '../scenarios/books.ts'
import { readerOrders, readerScript, writerOrders, writerScript } from '../scenarios/orders.ts'
import { acknowledgements } from '../scenarios/wait.ts'
import { Machine } from './machine.ts'

/** Left of a disk when the writer is at work. */
const leftBytes = 3 * 2 ** 20
const chunkBytes = 16 * 2 ** 20
const bytesMax = 30_000
/** A browser may have asked for the free space a while ago, and believe the answer. Milliseconds. */
const noticedMsMax = 90_000
/** Between two attempts. Milliseconds. */
const attemptMs = 1000
const appendedAfterwards = 200

/** What came of a disk that was filled up. */
export interface FullDisk {
  readonly browser: BrowserName
  /** What the writer was told. */
  readonly code: string
  readonly acknowledged: number
  /** From the moment when there was space again until the log could be opened and appended to. */
  readonly usableAfterMs: number
  /** Whether the browser had to be started again for that. */
  readonly restarted: boolean
  /** Why the last attempt before that failed, if any did. */
  readonly refusal: string | undefined
}

/**
 * Fills the disk under a browser that appends, makes room and looks.
 *
 * @throws Error (as a rejection) when it is told of by anything but NO_SPACE, something acknowledged is lost, or the
 * log cannot be used when there is room again.
 */
export async function fillDisk(browser: BrowserName, scripts: ReadonlyMap<string, Uint8Array>): Promise<FullDisk> {
  return await Machine.with(browser, scripts, async (machine) => {
    const books = new Books()
    const tab = await machine.browser.openTab()
    const writer = await tab.start(writerScript, writerOrders({ bytesMax }))
    await acknowledgements(writer.inbox, 20)
    const ballast = join(machine.point, 'ballast')
    fillUp(machine.point, ballast)
    const code = String(await writer.inbox.first('refused', 120_000))
    const because = writer.inbox.all('because').join()
    if (code !== 'NO_SPACE') throw new Error(`the writer was refused with ${code}, not NO_SPACE: ${because}`)
    books.addAll(writer.inbox)
    await writer.terminate()
    rmSync(ballast)
    const began = performance.now()
    const attempts = new Attempts()
    const restarted = !(await isUsable(tab, books, attempts))
    if (restarted) {
      await machine.browser.kill()
      await machine.browser.start()
      const next = await machine.browser.openTab()
      if (!(await isUsable(next, books, attempts))) throw new Error('with room it cannot be used')
    }
    return {
      browser,
      code,
      acknowledged: books.acknowledged,
      usableAfterMs: Math.round(performance.now() - began),
      restarted,
      refusal: attempts.refusal,
    }
  })
}

/** The browser writes meanwhile, and may be the one to take the last block. */
function fillUp(point: string, ballast: string): void {
  for (;;) {
    const { bavail, bsize } = statfsSync(point)
    const bytes = Math.min(bavail * bsize - leftBytes, chunkBytes)
    if (bytes <= 0) return
    appendFileSync(ballast, Buffer.alloc(bytes))
  }
}

async function isUsable(tab: Tab, books: Books, attempts: Attempts): Promise<boolean> {
  for (const began = performance.now(); performance.now() - began < noticedMsMax; ) {
    await pause(attemptMs)
    const reader = await tab.start(readerScript, readerOrders({ bytesMax, producer: nextProducer() }))
    const report = await attempts.orUndefined(reader.inbox.first('read'))
    await reader.terminate()
    if (report === undefined) continue
    books.check(report)
    books.adopt(report)
    const writer = await tab.start(writerScript, writerOrders({ bytesMax, firstProducer: nextProducer() * 10 }))
    const done = async (): Promise<true> => {
      await acknowledgements(writer.inbox, appendedAfterwards)
      return true
    }
    const isDone = (await attempts.orUndefined(done())) ?? false
    await writer.terminate()
    books.addAll(writer.inbox)
    if (isDone) return true
  }
  return false
}

let producers = 1000
function nextProducer(): number {
  producers += 1
  return producers
}

/** It is tried again and again: that the first attempts fail is what is measured. */
class Attempts {
  refusal: string | undefined

  async orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
    try {
      return await promise
    } catch (error) {
      this.refusal = String(error).split('\n')[0]
      return undefined
    }
  }
}
