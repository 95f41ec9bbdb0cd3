import { withBrowser } from '../driver/with-browser.ts'
import { readerOrders, readerScript, writerOrders, writerScript } from './orders.ts'
import { Books } from './books.ts'
import type { Scenario } from './scenario.ts'
import { acknowledgements } from './wait.ts'

export const twoTabsRace: Scenario = {
  title: 'of two tabs that open the log at once, one writes and the other is told LOCKED',
  run: async (host) => {
    await withBrowser(host, { limitMs: 90_000 }, async (browser) => {
      const tabs = [await browser.openTab(), await browser.openTab()]
      const jobs = await Promise.all(
        tabs.map((tab, at) => tab.start(writerScript, writerOrders({ firstProducer: 1 + at * 10, waitMs: 200 }))),
      )
      const refused = await Promise.race(
        jobs.map(async ({ inbox }, at) => ({ at, code: await inbox.first('refused') })),
      )
      if (refused.code !== 'LOCKED') throw new Error(`one was refused with ${String(refused.code)}, not LOCKED`)
      const winner = jobs[1 - refused.at]
      if (winner === undefined) throw new Error('there are two tabs')
      await acknowledgements(winner.inbox, 20)
    })
  },
}

export const tabEnds: Scenario = {
  title: 'a tab or worker that ends in the middle of a commit is taken over from, with all it acknowledged',
  run: async (host) => {
    await withBrowser(host, { limitMs: 120_000 }, async (browser) => {
      const books = new Books()
      for (const [round, end] of (['terminate', 'close', 'terminate', 'close'] as const).entries()) {
        const tab = await browser.openTab()
        const job = await tab.start(writerScript, writerOrders({ firstProducer: 1 + round * 10 }))
        await acknowledgements(job.inbox, 20 + round * 7)
        if (end === 'terminate') await job.terminate()
        else await tab.close()
        const other = await browser.openTab()
        const reader = await other.start(readerScript, readerOrders({ producer: 1000 + round }))
        const report = await reader.inbox.first('read')
        books.addAll(job.inbox)
        books.check(report)
        await other.close()
      }
    })
  },
}
