import { runBench, type BenchResult } from '../benching.ts'
import { failureOf } from '../logic/failure.ts'
import { LabFailure } from '../lab.ts'
import * as format from '../logic/format.ts'
import type { Burst } from '../logic/asks.ts'
import type { Series } from '../logic/curves.ts'
import { summarise } from '../logic/quantiles.ts'
import { find, made, pressed, say } from './dom.ts'
import { plot } from './plot.ts'

const recordBytes = 256

/** Measures, when asked to, and shows what came of it. */
export function benchPanel(): void {
  const said = find('bench-said', HTMLElement)
  const records = find('bench-records', HTMLSelectElement)
  let result: BenchResult | undefined
  new ResizeObserver(() => { if (result !== undefined) renderPlot(result) }).observe(find('bench-result', HTMLElement))
  const run = pressed('bench-run', async () => {
    run.disabled = true
    try {
      result = await runBench(Number(records.value), recordBytes, (what) => { say(said, what) })
      renderResult(result)
      say(said, conclusion(result))
    } catch (error) {
      const { code, what, advice } = error instanceof LabFailure ? error.failure : failureOf(error)
      say(said, `${code}: ${what} ${advice}`)
    } finally {
      run.disabled = false
    }
  })
}

function conclusion({ raw, log, port, burst }: BenchResult): string {
  const base = summarise(raw).p50
  const each = burst.ms / burst.records
  return (
    `At the median, an append costs ${format.ratio(summarise(log).p50, base)} as much as a raw write with a ` +
    `flush; from the page, through the port, ${format.ratio(summarise(port).p50, base)}. ` +
    `Of 1,024 at once, which share a flush, each costs ${format.ratio(each, base)}.`
  )
}

function seriesOf({ raw, log, port }: BenchResult): readonly Series[] {
  return [
    { name: 'raw: write and flush', samples: raw },
    { name: 'append, in the worker', samples: log },
    { name: 'append, from the page', samples: port },
  ]
}

function renderPlot(result: BenchResult): void {
  plot(find('plot', SVGSVGElement), seriesOf(result))
}

function renderResult(result: BenchResult): void {
  find('bench-result', HTMLElement).hidden = false
  renderPlot(result)
  const { raw, burst, portBurst, bytes } = result
  const base = summarise(raw)
  find('bench-rows', HTMLElement).replaceChildren(...seriesOf(result).map(({ name, samples }, at) => {
    const own = summarise(samples)
    const cells = (['p50', 'p99', 'mean'] as const).map((figure) => compared(own[figure], base[figure]))
    return row(name, at, cells)
  }))
  const burstRow = (name: string, at: number, { ms, records, syncs }: Burst): HTMLTableRowElement =>
    row(name, at, [[format.duration(ms)], [format.count(syncs)], compared(ms / records, base.p50)])
  find('burst-rows', HTMLElement).replaceChildren(
    burstRow('append, in the worker', 1, burst),
    burstRow('append, from the page', 2, portBurst),
  )
  say(
    find('bench-note', HTMLElement),
    `${format.plural(raw.length, 'record')} of ${bytes} bytes, in the mode sync. Ratios are to raw, that of a burst ` +
      'to its median; of five bursts the one in the middle is shown. The raw file has its size already, as a segment ' +
      'has. The three take turns, 25 records each. The clocks of browsers are coarse.',
  )
}

/** A figure, and how many times that of raw it is. */
function compared(ms: number, base: number): readonly string[] {
  return [format.duration(ms), format.ratio(ms, base)]
}

function row(name: string, at: number, cells: readonly (readonly string[])[]): HTMLTableRowElement {
  const line = made('tr')
  const head = made('th', name, `series series-${at}`)
  head.scope = 'row'
  line.append(head, ...cells.map(([figure, ratio]) => {
    const cell = made('td', figure)
    if (ratio !== undefined) cell.append(made('small', ratio))
    return cell
  }))
  return line
}
