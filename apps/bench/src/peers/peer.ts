/** Something else that users keep records in, as this benchmark needs it. */
export interface Peer {
  readonly name: string
  /** Whether what it has acknowledged survives a loss of power, or only the end of the process. */
  readonly isDurable: boolean
  /** Opens what is in `directory`, which exists, or begins it. */
  open(directory: string): OpenPeer | Promise<OpenPeer>
}

/** Calls that return `undefined` have done their work; those that return a promise have when it resolves. */
export interface OpenPeer {
  /** Adds one record behind all others, and acknowledges it as the peer does. `payload` is not kept. */
  append(payload: Uint8Array): Promise<unknown> | undefined
  /** As {@link append}, of many records at once, in the best way that it has for that. */
  appendGroup(payloads: readonly Uint8Array[]): Promise<unknown> | undefined
  /** Calls `visit` with every record, in order. What it gets is valid during the call. */
  scan(visit: (payload: Uint8Array) => void): Promise<unknown> | undefined
  close(): Promise<unknown> | undefined
}
