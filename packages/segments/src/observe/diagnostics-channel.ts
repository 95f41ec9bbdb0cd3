import type { LogEvent, LogObserver } from './events.ts'

/** The part of `node:diagnostics_channel` that is used; the module itself fits. */
export interface DiagnosticsChannels {
  channel(name: string): DiagnosticsChannel
}

export interface DiagnosticsChannel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

/**
 * An observer that publishes each event on the channel `<prefix>:<kind>`, such as `varve:committed`; an event of kind
 * `other` on `<prefix>:<name>`. Where nobody subscribes, nothing is published. The module is passed in, so that this
 * one runs everywhere.
 *
 * @example
 * import diagnosticsChannel from 'node:diagnostics_channel'
 * diagnosticsChannel.subscribe('varve:synced', ({ ms }) => console.log(ms))
 * const log = await openLog({ storage, observer: diagnosticsChannelObserver(diagnosticsChannel) })
 */
export function diagnosticsChannelObserver(diagnosticsChannel: DiagnosticsChannels, prefix = 'varve'): LogObserver {
  // A channel that nobody holds may be collected, and with it whoever subscribes later would subscribe to another.
  const channels = new Map<string, DiagnosticsChannel>()
  return (event: LogEvent): void => {
    const name = `${prefix}:${event.kind === 'other' ? event.name : event.kind}`
    let channel = channels.get(name)
    if (channel === undefined) {
      channel = diagnosticsChannel.channel(name)
      channels.set(name, channel)
    }
    if (channel.hasSubscribers) channel.publish(event)
  }
}
