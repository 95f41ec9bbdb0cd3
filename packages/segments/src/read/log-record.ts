/** A record as it is read. */
export interface LogRecord {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  /** Valid for ever; it may share a chunk of at most 64 KiB with its neighbours. */
  readonly payload: Uint8Array<ArrayBuffer>
}

/** A record during a replay: the same object for every record, valid during the call only. */
export interface RecordView {
  readonly sequence: number
  readonly timestamp: number
  readonly type: number
  readonly payloadBytes: number
  /** A new view at each access, of memory that the next record overwrites; `slice` it to keep it. */
  readonly payload: Uint8Array<ArrayBuffer>
}
