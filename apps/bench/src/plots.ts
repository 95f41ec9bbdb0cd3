/** A picture of some rows. */
export interface Plot {
  readonly id: string
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly xLog: boolean
  readonly yLog: boolean
}

/** Everything that rows may be points of. Rows of `…-latency` plots are drawn by their quantiles. */
export const plots: readonly Plot[] = [
  {
    id: 'throughput-by-producers',
    title: 'Durable appends of 256 B, by how many are under way at once',
    xLabel: 'concurrent producers',
    yLabel: 'records/s',
    xLog: true,
    yLog: true,
  },
  {
    id: 'throughput-by-payload',
    title: 'Durable appends by 16 producers, by the size of a record',
    xLabel: 'bytes of payload',
    yLabel: 'MB/s',
    xLog: true,
    yLog: true,
  },
  {
    id: 'unsynced-by-producers',
    title: 'Appends of 256 B that are written and not synced, by how many are under way at once',
    xLabel: 'concurrent producers',
    yLabel: 'records/s',
    xLog: true,
    yLog: true,
  },
  {
    id: 'unsynced-by-payload',
    title: 'Appends by 16 producers that are written and not synced, by the size of a record',
    xLabel: 'bytes of payload',
    yLabel: 'MB/s',
    xLog: true,
    yLog: true,
  },
  {
    id: 'latency',
    title: 'One durable append at a time, 256 B',
    xLabel: 'percent of the appends',
    yLabel: 'µs',
    xLog: false,
    yLog: true,
  },
  {
    id: 'group-commit',
    title: 'From the first append of a group to its acknowledgement, by the size of the group',
    xLabel: 'concurrent producers',
    yLabel: 'ms',
    xLog: true,
    yLog: true,
  },
  {
    id: 'rotation-latency',
    title: 'One durable append of 16 KiB at a time, across rotations',
    xLabel: 'percent of the appends',
    yLabel: 'µs',
    xLog: false,
    yLog: true,
  },
  {
    id: 'tail-latency',
    title: 'From the acknowledgement of a record to its delivery to a tail',
    xLabel: 'percent of the records',
    yLabel: 'µs',
    xLog: false,
    yLog: true,
  },
  {
    id: 'kernel-by-payload',
    title: 'Frames made and verified in memory',
    xLabel: 'bytes of payload',
    yLabel: 'GB/s',
    xLog: true,
    yLog: true,
  },
  {
    id: 'codec-by-payload',
    title: 'Records encoded and decoded one by one, without a log',
    xLabel: 'bytes of payload',
    yLabel: 'records/s',
    xLog: true,
    yLog: true,
  },
  {
    id: 'scan-by-payload',
    title: 'All records read in order, from the cache',
    xLabel: 'bytes of payload',
    yLabel: 'records/s',
    xLog: true,
    yLog: true,
  },
  {
    id: 'recovery-by-size',
    title: 'Opening a log that was closed, by its size',
    xLabel: 'bytes of the log',
    yLabel: 'ms',
    xLog: true,
    yLog: true,
  },
  {
    id: 'crash-by-size',
    title: 'Opening a log after a crash, by what its last segment holds',
    xLabel: 'bytes of the last segment',
    yLabel: 'ms',
    xLog: true,
    yLog: true,
  },
  {
    id: 'open-by-segments',
    title: 'Opening a log that was closed, by its segments',
    xLabel: 'sealed segments',
    yLabel: 'ms',
    xLog: true,
    yLog: true,
  },
  {
    id: 'checkpoint-by-size',
    title: 'A state published as a checkpoint, by its size',
    xLabel: 'bytes of the state',
    yLabel: 'ms',
    xLog: true,
    yLog: true,
  },
  {
    id: 'memory-by-size',
    title: 'Peak memory of a recovery, above that of an empty process, by the size of the log',
    xLabel: 'bytes of the log',
    yLabel: 'MiB',
    xLog: true,
    yLog: false,
  },
]
