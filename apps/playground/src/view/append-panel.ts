import type { App } from '../app.ts'
import { sparkline } from '../logic/curves.ts'
import * as format from '../logic/format.ts'
import { burstRecords } from '../logic/names.ts'
import { summarise } from '../logic/quantiles.ts'
import type { Stream } from '../stream.ts'
import { find, made, pressed, say } from './dom.ts'
import type { Panel } from './panel.ts'

const shownMax = 6
const durabilities = ['sync', 'group', 'async'] as const

/** Buttons that append, and what comes back. */
export function appendPanel(app: App, stream: Stream): Panel {
  const buttons = [
    pressed('append-one', () => app.append(1)),
    pressed('append-hundred', () => app.append(100)),
    pressed('append-burst', () => app.append(burstRecords)),
  ]
  const streamButton = pressed('append-stream', () => {
    if (stream.isRunning) stream.stop()
    else stream.start()
  })
  const size = find('size', HTMLInputElement)
  size.addEventListener('input', () => {
    app.recordBytes = 2 ** size.valueAsNumber
    say(find('size-shown', HTMLElement), format.bytes(app.recordBytes))
  })
  const choice = find('durability', HTMLFieldSetElement)
  choice.addEventListener('change', () => {
    const chosen = durabilities.find((one) => choice.querySelector(`[value="${one}"]:checked`) !== null)
    if (chosen !== undefined) void app.choose(chosen)
  })
  return {
    render() {
      const isOpen = app.phase === 'open' && !app.isFull
      for (const button of [...buttons, streamButton]) button.disabled = !isOpen
      streamButton.setAttribute('aria-pressed', String(stream.isRunning))
      say(streamButton, stream.isRunning ? 'Stop' : 'Stream')
      // Where another tab leads, its choice holds.
      choice.disabled = !app.leads
      renderFigures(app)
    },
  }
}

function renderFigures(app: App): void {
  const { ledger, acknowledgements } = app
  const samples = acknowledgements.map(({ ms }) => ms)
  const { p50, p99 } = summarise(samples)
  say(find('acknowledged', HTMLElement), ledger.lastAcknowledged === 0 ? '–' : format.count(ledger.lastAcknowledged))
  say(find('in-flight', HTMLElement), format.count(ledger.inFlight))
  say(find('latency-p50', HTMLElement), samples.length === 0 ? '–' : format.duration(p50))
  say(find('latency-p99', HTMLElement), samples.length === 0 ? '–' : format.duration(p99))
  find('sparkline-path', SVGPathElement).setAttribute('d', sparkline(samples, 240, 36))
  const rows = acknowledgements.slice(-shownMax).reverse().map(({ sequence, ms }) => {
    const row = made('li')
    row.append(made('b', format.count(sequence)), made('span', `after ${format.duration(ms)}`))
    return row
  })
  find('acknowledgements', HTMLOListElement).replaceChildren(...rows)
}
