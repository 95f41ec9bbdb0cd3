import type { Log } from '@varve/segments'
import { limitsOf, type PortLimits } from '../limits.ts'
import { listen } from '../port-like.ts'
import { serveLog, type LogServer } from '../server/serve-log.ts'
import { hostName, meetingName, noticeOf, tabName, type Notice } from './names.ts'
import { absenceOf, bePresent, type Presence } from './presence.ts'
import { platformSeam, type ChannelLike, type TabsSeam } from './seam.ts'

/** How tabs are served. */
export interface HostOptions extends Partial<PortLimits> {
  /** Where they meet. Default: the platform's own. */
  readonly seam?: TabsSeam
}

/** The host of the tabs of one name. */
export interface TabsHost extends AsyncDisposable {
  /** How many tabs are connected. */
  readonly tabs: number
  /** Ends all connections, when what they asked is answered, and leaves the log open. May be called again. */
  close(): Promise<void>
}

/**
 * Serves `log` to every tab that joins under `name`, each over a channel of its own: for the worker of the tab that is
 * the leader, and has opened the log. Resolves when tabs can join. That there is one leader at a time is the business
 * of whoever opens the log: the lock of its storage sees to that.
 *
 * @throws VarveError (as a rejection) `UNSUPPORTED`, `INVALID_ARGUMENT`
 *
 * @example
 * const log = await openLog({ storage }) // waits for nobody: LOCKED where another tab is the leader
 * await using host = await hostTabs('orders', log)
 */
export async function hostTabs(name: string, log: Log, options: HostOptions = {}): Promise<TabsHost> {
  const { seam = platformSeam() } = options
  const limits = limitsOf(options, undefined)
  const id = seam.randomId()
  const presence = await bePresent(seam.locks, hostName(name, id))
  return new Host({ name, id, log, seam, limits, presence })
}

interface HostParts {
  readonly name: string
  readonly id: string
  readonly log: Log
  readonly seam: TabsSeam
  readonly limits: PortLimits
  readonly presence: Presence
}

class Host implements TabsHost {
  readonly #parts: HostParts
  readonly #meeting: ChannelLike
  readonly #stop: () => void
  readonly #servers = new Map<string, LogServer>()
  #closing: Promise<void> | undefined

  constructor(parts: HostParts) {
    const { name, seam } = parts
    this.#parts = parts
    this.#meeting = seam.openChannel(meetingName(name))
    this.#stop = listen(this.#meeting, {
      message: (data) => { this.#hear(noticeOf(data)) },
      // What was lost was a notice, and a tab says it again when it hears that there is a host.
      lost: () => { this.#announce() },
    })
    this.#announce()
  }

  get tabs(): number {
    return this.#servers.size
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #announce(): void {
    this.#say({ varve: 'tabs', kind: 'host', host: this.#parts.id })
  }

  #hear(notice: Notice | undefined): void {
    if (notice?.kind !== 'join' || this.#servers.has(notice.tab)) return
    this.#serve(notice.tab)
    this.#say({ varve: 'tabs', kind: 'served', tab: notice.tab, host: this.#parts.id })
  }

  #serve(tab: string): void {
    const { name, log, seam, limits } = this.#parts
    const channel = seam.openChannel(tabName(name, tab))
    // A tab has its lock before it asks to be served.
    const server = serveLog(channel, log, { ...limits, lost: absenceOf(seam.locks, tabName(name, tab)) })
    this.#servers.set(tab, server)
    void server.closed.then(() => {
      this.#servers.delete(tab)
      channel.close()
    })
  }

  #say(notice: Notice): void {
    this.#meeting.postMessage(notice, [])
  }

  async #close(): Promise<void> {
    this.#stop()
    this.#meeting.close()
    await Promise.all([...this.#servers.values()].map((server) => server.close()))
    this.#parts.presence.end()
  }
}
