import type { Row } from '../../../../apps/bench/src/row.ts'
import { scriptOf } from '../bundle/bundle.ts'
import { withBrowser, type Host } from '../driver/with-browser.ts'
import type { BenchOrders } from '../inside/bench.ts'

/** Of everything, in milliseconds. */
const limitMs = 300_000

/** What was measured in a browser. */
export interface BrowserBench {
  /** Of the browser, as it says itself. */
  readonly version: string
  readonly rows: readonly Row[]
}

/** Measures in a fresh browser. `tiny` is for tests: everything runs, and no number means anything. */
export async function benchIn(
  host: Host,
  scale: BenchOrders['scale'],
): Promise<BrowserBench> {
  return await withBrowser(host, { limitMs }, async (browser) => {
    const tab = await browser.openTab()
    const worker = scriptOf('packages/varve/src/worker.ts')
    const orders: BenchOrders = { scale, directory: 'bench', worker }
    const { inbox } = await tab.start(scriptOf('tooling/browsers/src/inside/bench.ts'), orders)
    const rows = (await inbox.first('rows', limitMs)) as readonly Row[]
    return { version: await browser.version(), rows }
  })
}
