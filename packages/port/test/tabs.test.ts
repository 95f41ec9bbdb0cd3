import { describe, expect, it, onTestFinished } from 'vitest'
import { connectLog, hostTabs, joinTabs, type ConnectedLog, type JoinedTab, type TabsSeam } from '../src/index.ts'
import { bePresent } from '../src/tabs/presence.ts'
import { platformSeam } from '../src/tabs/seam.ts'
import { failure, newLog, settled, text } from './support/pairs.ts'

/** Locks of one origin, whose holders may be killed. */
class FakeLocks {
  readonly #queues = new Map<string, (() => void)[]>()
  readonly #held = new Map<string, { readonly tab: string; readonly release: () => void }>()

  /** What one tab sees of them. */
  of(tab: string): TabsSeam['locks'] {
    return {
      request: async (name, held) => {
        while (this.#held.has(name)) {
          await new Promise<void>((resolve) => {
            this.#queues.set(name, [...(this.#queues.get(name) ?? []), resolve])
          })
        }
        await new Promise<void>((resolve, reject) => {
          const release = (): void => {
            this.#held.delete(name)
            for (const next of this.#queues.get(name)?.splice(0) ?? []) next()
            resolve()
          }
          this.#held.set(name, { tab, release })
          Promise.resolve(held()).then(release, reject)
        })
      },
    }
  }

  /** As the browser does when a tab is gone. */
  kill(tab: string): void {
    for (const holder of [...this.#held.values()]) if (holder.tab === tab) holder.release()
  }
}

let names = 0

/** A name that no other test uses, for channels reach all of this process. */
function newName(): string {
  names += 1
  return `test-${process.pid}-${names}`
}

function seamOf(locks: FakeLocks, tab: string): TabsSeam {
  let ids = 0
  return {
    ...platformSeam(),
    locks: locks.of(tab),
    randomId: () => {
      ids += 1
      return `${tab}-${ids}`
    },
  }
}

async function joined(name: string, seam: TabsSeam): Promise<{ tab: JoinedTab; log: ConnectedLog }> {
  const tab = await joinTabs(name, { seam })
  onTestFinished(() => { tab.close() })
  return { tab, log: await connectLog(tab.port, { lost: tab.lost }) }
}

describe('tabs', () => {
  it('share the log of their leader, whoever comes first', async () => {
    const [name, locks, leader] = [newName(), new FakeLocks(), await newLog()]
    const early = joined(name, seamOf(locks, 'early'))
    await settled()
    const host = await hostTabs(name, leader, { seam: seamOf(locks, 'leader') })
    const one = await early
    const two = await joined(name, seamOf(locks, 'late'))
    expect(host.tabs).toBe(2)
    const tail = two.log.tail()
    const next = tail.next()
    await settled()
    expect(await one.log.append(text('from one'))).toBe(1)
    expect((await next).value).toMatchObject({ sequence: 1 })
    expect(await two.log.append(text('from two'))).toBe(2)
    await two.log.close()
    two.tab.close()
    await settled()
    expect(host.tabs).toBe(1)
    expect(leader.stats().readers).toBe(0)
    await Promise.all([host.close(), host.close()])
    await settled()
    await failure('CLOSED', () => one.log.append(text('too late')))
    expect(await leader.append(text('goes on'))).toBe(3)
  })

  it('of several names have nothing to do with each other', async () => {
    const locks = new FakeLocks()
    const [first, second] = [newName(), newName()]
    await using one = await hostTabs(first, await newLog(), { seam: seamOf(locks, 'one') })
    await using two = await hostTabs(second, await newLog(), { seam: seamOf(locks, 'two') })
    const { log, tab } = await joined(first, seamOf(locks, 'tab'))
    await log.append(text('x'))
    expect([one.tabs, two.tabs]).toEqual([1, 0])
    tab[Symbol.dispose]()
  })

  it('that die are let go of', async () => {
    const [name, locks, leader] = [newName(), new FakeLocks(), await newLog()]
    await using host = await hostTabs(name, leader, { seam: seamOf(locks, 'leader') })
    const { log } = await joined(name, seamOf(locks, 'tab'))
    await log.append(text('one'))
    void log.tail().next().catch(() => undefined)
    await settled()
    expect([host.tabs, leader.stats().readers]).toEqual([1, 1])
    locks.kill('tab')
    await settled()
    expect([host.tabs, leader.stats().readers]).toEqual([0, 0])
  })

  it('learn that their leader has died, and join the next one', async () => {
    const [name, locks, leader] = [newName(), new FakeLocks(), await newLog()]
    const seam = seamOf(locks, 'leader')
    const channels: { close(): void }[] = []
    const openChannel: TabsSeam['openChannel'] = (channel) => {
      const opened = seam.openChannel(channel)
      channels.push(opened)
      return opened
    }
    await hostTabs(name, leader, { seam: { ...seam, openChannel } })
    const { log, tab } = await joined(name, seamOf(locks, 'tab'))
    expect(await log.append(text('one'))).toBe(1)
    const inFlight = log.append(text('unknown'))
    for (const channel of channels) channel.close()
    locks.kill('leader')
    await failure('POISONED', () => inFlight)
    await tab.lost
    tab.close()
    await failure('CLOSED', () => log.append(text('x')))
    await using next = await hostTabs(name, await newLog(), { seam: seamOf(locks, 'next') })
    const again = await joined(name, seamOf(locks, 'tab again'))
    expect(await again.log.append(text('one'))).toBe(1)
    expect(next.tabs).toBe(1)
    again.tab.close()
  })

  it('may give up waiting for a leader', async () => {
    const seam = seamOf(new FakeLocks(), 'tab')
    const controller = new AbortController()
    const joining = joinTabs(newName(), { seam, signal: controller.signal })
    await settled()
    controller.abort('as planned')
    expect((await failure('ABORTED', () => joining)).cause).toBe('as planned')
    await failure('ABORTED', () => joinTabs(newName(), { seam, signal: AbortSignal.abort() }))
  })

  it('say again what was lost, and leave alone what is not theirs', async () => {
    const [name, locks] = [newName(), new FakeLocks()]
    const stranger = new BroadcastChannel(`varve:${name}`)
    onTestFinished(() => { stranger.close() })
    const said: unknown[] = []
    // As the browser's, and so as the type that Node's own has not.
    const hear = (event: Event): void => { said.push((event as MessageEvent).data) }
    ;(stranger as unknown as EventTarget).addEventListener('message', hear)
    const meetings: EventTarget[] = []
    const seam = seamOf(locks, 'tab')
    const openChannel: TabsSeam['openChannel'] = (channel) => {
      const opened = seam.openChannel(channel)
      if (channel === `varve:${name}`) meetings.push(opened as unknown as EventTarget)
      return opened
    }
    const joining = joinTabs(name, { seam: { ...seam, openChannel } })
    await settled()
    const kinds = [{}, { kind: 'served', tab: 5 }, { kind: 'x' }].map((odd) => ({ varve: 'tabs', ...odd }))
    for (const odd of [5, {}, ...kinds]) {
      stranger.postMessage(odd)
    }
    stranger.postMessage({ varve: 'tabs', kind: 'host' })
    stranger.postMessage({ varve: 'tabs', kind: 'join' })
    stranger.postMessage({ varve: 'tabs', kind: 'served', tab: 'another', host: 'x' })
    await settled()
    meetings[0]?.dispatchEvent(new Event('messageerror'))
    await settled()
    expect(said).toEqual([{ varve: 'tabs', kind: 'join', tab: 'tab-1' }, { varve: 'tabs', kind: 'join', tab: 'tab-1' }])
    const hostSeam = { ...seamOf(locks, 'leader'), openChannel }
    await using host = await hostTabs(name, await newLog(), { seam: hostSeam })
    const tab = await joining
    stranger.postMessage({ varve: 'tabs', kind: 'join', tab: 'tab-1' })
    meetings[1]?.dispatchEvent(new Event('messageerror'))
    await settled()
    expect(said.filter((notice) => (notice as { kind: string }).kind === 'host')).toHaveLength(2)
    expect(host.tabs).toBe(1)
    tab.close()
  })

  it('use what the platform has', async () => {
    const name = newName()
    const leader = await newLog()
    await using host = await hostTabs(name, leader)
    const tab = await joinTabs(name)
    const log = await connectLog(tab.port, { lost: tab.lost })
    expect(await log.append(text('one'))).toBe(1)
    const next = log.tail().next()
    await settled()
    tab.close()
    await failure('CLOSED', () => next)
    while (host.tabs > 0) await settled(1)
    expect(leader.stats().readers).toBe(0)
  })

  it('need a platform that has it all', () => {
    const { locks } = navigator as unknown as { locks: object }
    for (const platform of [
      {},
      { BroadcastChannel },
      { BroadcastChannel, navigator: {} },
      { BroadcastChannel, navigator: { locks }, crypto: {} },
    ]) {
      expect(() => platformSeam(platform)).toThrow('secure contexts')
    }
    const { randomId } = platformSeam()
    expect(randomId()).not.toBe(randomId())
  })

  it('fail where locks do', async () => {
    const wrong = new Error('as planned')
    const locks = { request: () => Promise.reject(wrong) }
    await expect(bePresent(locks, 'x')).rejects.toBe(wrong)
    await expect(joinTabs(newName(), { seam: { ...platformSeam(), locks } })).rejects.toBe(wrong)
  })
})
