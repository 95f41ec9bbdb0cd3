import type { LogEvent, LogObserver } from './events.ts'

/** Values of attributes, as OpenTelemetry has them. */
export type MeterAttributes = Readonly<Record<string, string | number | boolean>>

export interface InstrumentOptions {
  readonly description?: string
  readonly unit?: string
  readonly advice?: { readonly explicitBucketBoundaries?: number[] }
}

/** The part of an OpenTelemetry `Meter` that is used; that of `@opentelemetry/api` fits. */
export interface LogMeter {
  createCounter(name: string, options?: InstrumentOptions): Adder
  createUpDownCounter(name: string, options?: InstrumentOptions): Adder
  createHistogram(name: string, options?: InstrumentOptions): Recorder
}

export interface Adder {
  add(value: number, attributes?: MeterAttributes): void
}

export interface Recorder {
  record(value: number, attributes?: MeterAttributes): void
}

/** Seconds: from a fast NVMe to a disk that is in trouble. */
const secondsBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const recordsBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384]

/**
 * An observer that counts and measures with an OpenTelemetry meter. `attributes` go with every value: name the log
 * there when there is more than one.
 *
 * | instrument | unit | |
 * |---|---|---|
 * | `varve.log.open` | `{log}` | up-down counter: logs that are open |
 * | `varve.log.records`, `varve.log.io` | `{record}`, `By` | counters: handed to the operating system |
 * | `varve.log.failures` | `{failure}` | counter, with `error.type`: poisoned logs |
 * | `varve.commit.duration`, `varve.commit.records` | `s`, `{record}` | histograms |
 * | `varve.sync.duration` | `s` | histogram |
 * | `varve.queue.full` | `{event}` | counter, with `varve.queue.outcome`: `waiting` or `refused` |
 * | `varve.segment.rotations`, `varve.segment.reclaimed` | `{segment}` | counters |
 * | `varve.events` | `{event}` | counter, with `varve.event.name`: told by packages above the log, as `checkpoint` |
 *
 * @example
 * import { metrics } from '@opentelemetry/api'
 * const observer = openTelemetryObserver(metrics.getMeter('varve'), { 'varve.log.name': 'orders' })
 * const log = await openLog({ storage, observer })
 */
export function openTelemetryObserver(meter: LogMeter, attributes: MeterAttributes = {}): LogObserver {
  const { openLogs, records, io, commitSeconds, commitRecords, syncSeconds, full, ...rare } = instruments(meter)
  return (event: LogEvent): void => {
    switch (event.kind) {
      case 'opened':
        openLogs.add(1, attributes)
        return
      case 'closed':
        openLogs.add(-1, attributes)
        return
      case 'committed':
        records.add(event.records, attributes)
        io.add(event.bytes, attributes)
        commitSeconds.record(event.ms / 1000, attributes)
        commitRecords.record(event.records, attributes)
        return
      case 'synced':
        syncSeconds.record(event.ms / 1000, attributes)
        return
      case 'full':
        full.add(1, { ...attributes, 'varve.queue.outcome': event.outcome })
        return
      case 'failed':
        rare.failures.add(1, { ...attributes, 'error.type': event.error.code })
        return
      case 'rotated':
        rare.rotations.add(1, attributes)
        return
      case 'reclaimed':
        rare.reclaimed.add(event.removed.length, attributes)
        return
      case 'other':
        rare.others.add(1, { ...attributes, 'varve.event.name': event.name })
        return
      case 'archived':
    }
  }
}

interface Instruments {
  readonly openLogs: Adder
  readonly records: Adder
  readonly io: Adder
  readonly failures: Adder
  readonly commitSeconds: Recorder
  readonly commitRecords: Recorder
  readonly syncSeconds: Recorder
  readonly full: Adder
  readonly rotations: Adder
  readonly reclaimed: Adder
  readonly others: Adder
}

function instruments(meter: LogMeter): Instruments {
  const counter = (name: string, unit: string, description: string): Adder => {
    return meter.createCounter(name, { description, unit })
  }
  const histogram = (name: string, unit: string, description: string, boundaries: readonly number[]): Recorder => {
    return meter.createHistogram(name, { description, unit, advice: { explicitBucketBoundaries: [...boundaries] } })
  }
  const open = { description: 'Logs that are open.', unit: '{log}' }
  return {
    openLogs: meter.createUpDownCounter('varve.log.open', open),
    records: counter('varve.log.records', '{record}', 'Records handed to the operating system.'),
    io: counter('varve.log.io', 'By', 'Frames handed to the operating system.'),
    failures: counter('varve.log.failures', '{failure}', 'Logs that were poisoned.'),
    commitSeconds: histogram('varve.commit.duration', 's', 'Duration of commits, syncs included.', secondsBoundaries),
    commitRecords: histogram('varve.commit.records', '{record}', 'Records per commit.', recordsBoundaries),
    syncSeconds: histogram('varve.sync.duration', 's', 'Duration of syncs.', secondsBoundaries),
    full: counter('varve.queue.full', '{event}', 'How often the queue was found full.'),
    rotations: counter('varve.segment.rotations', '{segment}', 'Segments that were sealed and followed by the next.'),
    reclaimed: counter('varve.segment.reclaimed', '{segment}', 'Segments that were removed below the floor.'),
    others: counter('varve.events', '{event}', 'What packages above the log told, such as published checkpoints.'),
  }
}
