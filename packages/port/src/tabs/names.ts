import { isFields } from '../wire/check.ts'

/** What tabs and hosts say to each other where they meet. Everything else goes through a channel of their own. */
export type Notice =
  /** A host is there, new or asked for again. */
  | { readonly varve: 'tabs'; readonly kind: 'host'; readonly host: string }
  /** A tab wants to be served. */
  | { readonly varve: 'tabs'; readonly kind: 'join'; readonly tab: string }
  /** The host listens in the channel of that tab. */
  | { readonly varve: 'tabs'; readonly kind: 'served'; readonly tab: string; readonly host: string }

export function meetingName(name: string): string {
  return `varve:${name}`
}

/** The channel of one tab with its host. */
export function tabName(name: string, tab: string): string {
  return `varve:${name}:tab:${tab}`
}

/** The lock of a host. */
export function hostName(name: string, host: string): string {
  return `varve:${name}:host:${host}`
}

/** Undefined for what is none. */
export function noticeOf(data: unknown): Notice | undefined {
  if (!isFields(data) || data.varve !== 'tabs') return undefined
  const { kind, host, tab } = data
  if (kind === 'host') return typeof host === 'string' ? (data as unknown as Notice) : undefined
  if (kind === 'join') return typeof tab === 'string' ? (data as unknown as Notice) : undefined
  return kind === 'served' && typeof host === 'string' && typeof tab === 'string'
    ? (data as unknown as Notice)
    : undefined
}
