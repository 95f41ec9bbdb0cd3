import { VarveError } from '@varve/codec'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type LogEvent } from '../../src/index.ts'
import { openTelemetryObserver, type LogMeter } from '../../src/observe/opentelemetry.ts'
import { payload } from '../support/log-records.ts'

/** A meter that writes down what it is told. */
function notebook(): { readonly meter: LogMeter; readonly notes: unknown[] } {
  const notes: unknown[] = []
  const note = (name: string) => (value: number, attributes?: object): void => { notes.push([name, value, attributes]) }
  const adder = (name: string): { add: ReturnType<typeof note> } => ({ add: note(name) })
  const meter: LogMeter = {
    createCounter: adder,
    createUpDownCounter: adder,
    createHistogram: (name) => ({ record: note(name) }),
  }
  return { meter, notes }
}

const recovery = {} as Extract<LogEvent, { kind: 'opened' }>['recovery']
const queue = { queuedRecords: 1, queuedBytes: 56, waitingCalls: 0, waitingBytes: 0 }
const log = { log: 'orders' }

describe('an observer for OpenTelemetry', () => {
  it.each<[LogEvent, unknown[]]>([
    [{ kind: 'opened', recovery }, [['varve.log.open', 1, log]]],
    [{ kind: 'closed', lastSequence: 1, durableSequence: 1 }, [['varve.log.open', -1, log]]],
    [
      { kind: 'committed', records: 3, bytes: 168, ms: 5, writtenSequence: 3, durableSequence: 3 },
      [
        ['varve.log.records', 3, log],
        ['varve.log.io', 168, log],
        ['varve.commit.duration', 0.005, log],
        ['varve.commit.records', 3, log],
      ],
    ],
    [{ kind: 'synced', ms: 2.5 }, [['varve.sync.duration', 0.0025, log]]],
    [
      { kind: 'full', outcome: 'refused', ...queue },
      [['varve.queue.full', 1, { ...log, 'varve.queue.outcome': 'refused' }]],
    ],
    [
      { kind: 'failed', error: new VarveError('POISONED', 'no') },
      [['varve.log.failures', 1, { ...log, 'error.type': 'POISONED' }]],
    ],
    [{ kind: 'rotated', segment: 'b', firstSequence: 9 }, [['varve.segment.rotations', 1, log]]],
    [{ kind: 'reclaimed', floor: 9, removed: ['a', 'b'], bytes: 1 }, [['varve.segment.reclaimed', 2, log]]],
    [{ kind: 'archived', floor: 9 }, []],
    [
      { kind: 'other', name: 'checkpoint', details: {} },
      [['varve.events', 1, { ...log, 'varve.event.name': 'checkpoint' }]],
    ],
  ])('turns $kind into values with its attributes', (event, expected) => {
    const { meter, notes } = notebook()
    openTelemetryObserver(meter, log)(event)
    expect(notes).toEqual(expected)
  })

  it('feeds the meter of the real SDK', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 })
    const provider = new MeterProvider({ readers: [reader] })
    const observer = openTelemetryObserver(provider.getMeter('varve'))
    const opened = await openLog({ storage: memoryStorage(), observer })
    await Promise.all([opened.append(payload(1)), opened.append(payload(2))])
    await opened.close()
    await provider.forceFlush()
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const values = Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [`${descriptor.name} ${descriptor.unit}`, dataPoints[0]?.value]),
    )
    expect(values).toMatchObject({
      'varve.log.open {log}': 0,
      'varve.log.records {record}': 2,
      'varve.log.io By': 112,
      'varve.commit.records {record}': { count: 2, sum: 2, max: 2 },
      'varve.commit.duration s': { count: 2 },
      'varve.sync.duration s': { count: 1 },
    })
    await provider.shutdown()
  })
})
