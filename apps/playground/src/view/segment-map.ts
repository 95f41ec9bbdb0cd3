import type { App } from '../app.ts'
import type { Damaging } from '../damaging.ts'
import * as format from '../logic/format.ts'
import { ghostsOf, layersOf, type Layer } from '../logic/layers.ts'
import { segmentBytes } from '../logic/names.ts'
import { find, pressed, say } from './dom.ts'
import { LayerRow } from './layer-row.ts'
import type { Panel } from './panel.ts'

const ghostsMax = 3

/** The log as layers. `choose` hears where somebody clicks into one: the segment, and the offset in bytes. */
export function segmentMap(app: App, damaging: Damaging, choose: (name: string, position: number) => void): Panel {
  const list = find('layers', HTMLOListElement)
  const rows = new Map<string, LayerRow>()
  const checkpoint = pressed('checkpoint', () => app.checkpoint())
  const reclaim = pressed('reclaim', () => app.reclaim())
  let shown: readonly Layer[] = []

  const renderLayers = (): void => {
    const layers = layersOf(app.segments, app.checkpoints)
    // What was reclaimed stays in sight for a while, where it lay: at the bottom.
    shown = layers.length === 0 ? [] : [...layers, ...ghostsOf(shown, layers, ghostsMax)]
    const isThere = new Set(shown.map(({ name }) => name))
    for (const [name, row] of rows) {
      if (isThere.has(name)) continue
      row.element.remove()
      rows.delete(name)
    }
    shown.forEach((layer, at) => {
      const row = rows.get(layer.name) ?? new LayerRow(layer, choose)
      rows.set(layer.name, row)
      row.show(layer, cracksIn(layer.name))
      if (list.children[at] !== row.element) list.insertBefore(row.element, list.children[at] ?? null)
    })
  }

  const cracksIn = (name: string): { flipped?: number; found?: number } => {
    const { wound, location } = damaging
    return {
      ...(wound?.file === name && { flipped: wound.position / segmentBytes }),
      ...(location?.file === name && { found: location.position / segmentBytes }),
    }
  }

  return {
    render() {
      checkpoint.disabled = reclaim.disabled = app.phase !== 'open'
      renderLayers()
      renderFigures(app)
    },
  }
}

function renderFigures({ log, segments, said, isFull }: App): void {
  if (log !== undefined) {
    const { firstSequence, lastSequence, durableSequence } = log
    say(find('records', HTMLElement), format.count(lastSequence - firstSequence + 1))
    say(find('durable', HTMLElement), format.count(durableSequence))
    say(find('floor', HTMLElement), format.count(firstSequence))
  }
  say(find('segments', HTMLElement), format.count(segments.length))
  say(find('on-disk', HTMLElement), format.bytes(segments.reduce((sum, { bytes }) => sum + bytes, 0)))
  say(find('said', HTMLElement), isFull ? `${segments.length} segments are enough for a page: reclaim some.` : said)
}
