import { VarveError } from '@varve/codec'
import type { PortLike } from '../port-like.ts'

/** What tabs need of a channel by name. `BroadcastChannel` fits. */
export interface ChannelLike extends PortLike {
  close(): void
}

/** The part of the Web Locks API that is used; `navigator.locks` fits. */
export interface LocksLike {
  /** Calls `held` when nobody else has the lock of that name, and keeps it until the promise of that resolves. */
  request(name: string, held: () => PromiseLike<unknown>): Promise<unknown>
}

/** Where tabs meet. Default: the platform's own. */
export interface TabsSeam {
  /** Everyone who opens a channel of that name hears all others. */
  readonly openChannel: (name: string) => ChannelLike
  readonly locks: LocksLike
  /** A name that nobody else will ever have. */
  readonly randomId: () => string
}

interface Platform {
  readonly BroadcastChannel?: new (name: string) => ChannelLike
  readonly navigator?: { readonly locks?: LocksLike }
  readonly crypto?: { randomUUID?(): string }
}

/**
 * The platform's `BroadcastChannel`, Web Locks and Web Crypto, which browsers have in secure contexts.
 *
 * @throws VarveError `UNSUPPORTED`
 */
export function platformSeam(platform: object = globalThis): TabsSeam {
  const { BroadcastChannel, navigator, crypto } = platform as Platform
  const locks = navigator?.locks
  if (BroadcastChannel === undefined || locks === undefined || crypto?.randomUUID === undefined) {
    throw new VarveError(
      'UNSUPPORTED',
      'this platform lacks BroadcastChannel, navigator.locks or crypto.randomUUID, which browsers have in secure ' +
        'contexts only (https, localhost); serve one tab through a MessagePort instead',
    )
  }
  return {
    openChannel: (name) => new BroadcastChannel(name),
    locks,
    randomId: () => crypto.randomUUID?.() ?? '',
  }
}

/** The platform's own, or undefined where it lacks something. */
export function seamIfAny(): TabsSeam | undefined {
  try {
    return platformSeam()
  } catch {
    return undefined
  }
}
