import diagnosticsChannel from 'node:diagnostics_channel'
import { memoryStorage } from '@varve/storage-memory'
import { describe, expect, it } from 'vitest'
import { openLog, type LogEvent } from '../../src/index.ts'
import { diagnosticsChannelObserver, type DiagnosticsChannels } from '../../src/observe/diagnostics-channel.ts'
import { payload } from '../support/log-records.ts'

describe('an observer for diagnostics channels', () => {
  it('publishes each event on the channel of its kind', async () => {
    const heard: [string | symbol, unknown][] = []
    const listen = (event: unknown, name: string | symbol): void => { heard.push([name, event]) }
    const names = ['opened', 'committed', 'checkpoint', 'other'].map((kind) => `test-log:${kind}`)
    for (const name of names) diagnosticsChannel.subscribe(name, listen)
    const observer = diagnosticsChannelObserver(diagnosticsChannel, 'test-log')
    const log = await openLog({ storage: memoryStorage(), observer })
    await log.append(payload(1))
    log.procedures.observe({ kind: 'other', name: 'checkpoint', details: { sequence: 1 } })
    await log.close()
    for (const name of names) diagnosticsChannel.unsubscribe(name, listen)
    expect(heard.map(([name]) => name)).toEqual([
      'test-log:opened',
      'test-log:committed',
      'test-log:checkpoint',
      'test-log:committed',
    ])
    expect(heard[1]?.[1]).toMatchObject({ kind: 'committed', records: 1 })
  })

  it('asks for each channel once, and publishes nothing where nobody subscribes', () => {
    const asked: string[] = []
    const published: unknown[] = []
    const channels: DiagnosticsChannels = {
      channel(name) {
        asked.push(name)
        return { hasSubscribers: name === 'varve:synced', publish: (event) => published.push(event) }
      },
    }
    const observer = diagnosticsChannelObserver(channels)
    const events: LogEvent[] = [
      { kind: 'synced', ms: 1 },
      { kind: 'archived', floor: 1 },
      { kind: 'synced', ms: 2 },
      { kind: 'archived', floor: 2 },
    ]
    for (const event of events) observer(event)
    expect(asked).toEqual(['varve:synced', 'varve:archived'])
    expect(published).toEqual([events[0], events[2]])
  })
})
