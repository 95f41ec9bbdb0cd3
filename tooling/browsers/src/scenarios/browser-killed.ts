import { withBrowser } from '../driver/with-browser.ts'
import { Books } from './books.ts'
import { readerOrders, readerScript, writerOrders, writerScript } from './orders.ts'
import type { Scenario } from './scenario.ts'
import { acknowledgements } from './wait.ts'

const rounds = 3

export const browserKilled: Scenario = {
  title: 'a browser that is killed while it appends has every acknowledged record when it is started again',
  run: async (host) => {
    await withBrowser(host, { limitMs: 180_000 }, async (browser) => {
      const books = new Books()
      for (let round = 0; round < rounds; round += 1) {
        const durability = round % 2 === 0 ? 'sync' : 'group'
        const tab = await browser.openTab()
        const job = await tab.start(writerScript, writerOrders({ firstProducer: 1 + round * 10, durability }))
        await acknowledgements(job.inbox, 60 + round * 31)
        await browser.kill()
        books.addAll(job.inbox)
        await browser.start()
        const again = await browser.openTab()
        const reader = await again.start(readerScript, readerOrders({ producer: 1000 + round }))
        books.check(await reader.inbox.first('read'))
        await again.close()
      }
    })
  },
}
