/** What a process does whose memory is looked at. */
export type AllocationTask =
  | 'nothing'
  | 'enqueue'
  | 'append'
  | 'append-alone'
  | 'append-sync'
  | 'replay'
  | 'read'
  | 'get'

export interface AllocationOrders {
  readonly task: AllocationTask
  /** An empty directory. */
  readonly directory: string
  /** Records before the count begins, so that the engine has compiled what it is going to. */
  readonly warmUp: number
  /** Records of each round that is counted. */
  readonly records: number
}

export interface AllocationResult {
  /** Bytes of objects for each record, in the round with the least. Means nothing if something was collected. */
  readonly heapBytes: number
  /** Bytes of array buffers, which lie outside of the heap, likewise. */
  readonly bufferBytes: number
  readonly collections: number
}
