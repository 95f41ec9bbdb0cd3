import type { CancelSignal } from '@varve/segments'
import { VarveError } from '@varve/codec'
import { deferred } from '../deferred.ts'
import { listen, type PortLike } from '../port-like.ts'
import { hostName, meetingName, noticeOf, tabName } from './names.ts'
import { absenceOf, bePresent } from './presence.ts'
import { platformSeam, type TabsSeam } from './seam.ts'

/** How a tab joins. */
export interface JoinOptions {
  /** Gives up waiting for a host, with `ABORTED`. */
  readonly signal?: CancelSignal
  /** Where they meet. Default: the platform's own. */
  readonly seam?: TabsSeam
}

/** A tab's way to the leader's log. */
export interface JoinedTab extends Disposable {
  /** For `connectLog`. */
  readonly port: PortLike
  /** For `connectLog`: resolves when the host is gone, whatever became of it, or this tab has left. */
  readonly lost: Promise<void>
  /** Leaves: the host lets go of everything that this tab had. Close the log first. May be called again. */
  close(): void
}

/**
 * Joins the tabs that share the log of one leader under `name`. Resolves when a leader's `hostTabs` has answered; as
 * long as there is none, it waits. When the leader is gone, so is the connection: in-flight appends are `POISONED`, for
 * nobody here knows what became of them. Then join again, or become the leader.
 *
 * @throws VarveError (as a rejection) `UNSUPPORTED`, `ABORTED`
 *
 * @example
 * using tab = await joinTabs('orders')
 * await using log = await connectLog(tab.port, { lost: tab.lost })
 */
export async function joinTabs(name: string, options: JoinOptions = {}): Promise<JoinedTab> {
  const { signal, seam = platformSeam() } = options
  const tab = seam.randomId()
  const presence = await bePresent(seam.locks, tabName(name, tab))
  const port = seam.openChannel(tabName(name, tab))
  const left = deferred<undefined>()
  const close = (): void => {
    left.resolve(undefined)
    presence.end()
    port.close()
  }
  try {
    const host = await hostOf(seam, name, tab, signal)
    // A host has its lock before it answers.
    const lost = Promise.race([absenceOf(seam.locks, hostName(name, host)), left.promise])
    return { port, lost, close, [Symbol.dispose]: close }
  } catch (error) {
    close()
    throw error
  }
}

/** Asks to be served until a host says that it does, and returns its id. */
async function hostOf(seam: TabsSeam, name: string, tab: string, signal: CancelSignal | undefined): Promise<string> {
  const meeting = seam.openChannel(meetingName(name))
  const ask = (): void => { meeting.postMessage({ varve: 'tabs', kind: 'join', tab }, []) }
  const host = deferred<string>()
  const abort = (): void => { host.reject(notJoined(signal?.reason)) }
  if (signal?.aborted === true) abort()
  signal?.addEventListener('abort', abort)
  const stop = listen(meeting, {
    message: (data) => {
      const notice = noticeOf(data)
      if (notice?.kind === 'host') ask()
      else if (notice?.kind === 'served' && notice.tab === tab) host.resolve(notice.host)
    },
    lost: ask,
  })
  ask()
  try {
    return await host.promise
  } finally {
    signal?.removeEventListener('abort', abort)
    stop()
    meeting.close()
  }
}

function notJoined(reason: unknown): VarveError {
  return new VarveError('ABORTED', 'joining was aborted by its signal before a host had answered', {}, reason)
}
