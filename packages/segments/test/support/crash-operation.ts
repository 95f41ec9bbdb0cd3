/** An operation that changes something, before it is done. Reads, listings and closes are none. */
export interface CrashOperation {
  readonly kind: 'create' | 'rename' | 'remove' | 'syncNames' | 'write' | 'writeDurable' | 'sync' | 'resize' | 'reserve'
  /** The file, or nothing for `syncNames`. */
  readonly name: string
  /** Of `write` and `writeDurable`. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  readonly position?: number
  /** Of `resize` and `reserve`. */
  readonly size?: number
}
