// Takes pictures of the page in Chromium: `node --conditions=@varve/source apps/playground/e2e/pictures.ts DIRECTORY`.
// `whole-wide-light.png` is the one in docs.
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { Playground } from './playground.ts'
import { withPlayground } from './with-playground.ts'

const [directory = '.'] = process.argv.slice(2)
const sizes = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'narrow', width: 375, height: 812 },
]

await withPlayground('chromium', async (browser, origin) => {
  const playground = await Playground.open(browser, origin)
  const { page } = playground
  // What the first records grew has to be a minute old before anything is reclaimed.
  await playground.press('append-burst')
  await playground.press('append-burst')
  await playground.until('in-flight', (text) => text === '0')
  await new Promise((resolve) => setTimeout(resolve, 61_000))
  await playground.press('reclaim')
  await playground.until('said', (text) => text.includes('reclaimed'))
  for (const [bytes, times] of [['9', 3], ['7', 4], ['8', 3]] as const) {
    await playground.fill('size', bytes)
    for (let time = 0; time < times; time += 1) await playground.press('append-hundred')
    await playground.until('in-flight', (text) => text === '0')
  }
  await playground.press('checkpoint')
  await playground.until('said', (text) => text.includes('reclaimed'))
  await playground.fill('size', '9')
  for (let time = 0; time < 6; time += 1) await playground.press('append-hundred')
  for (let time = 0; time < 200; time += 1) {
    await playground.press('append-one')
    await playground.until('in-flight', (text) => text === '0')
  }
  await pictures(page, 'filled')

  await playground.press('kill')
  await playground.until('audit', (text) => text.includes('killed') && text.includes('read back'))
  await pictures(page, 'recovered')

  const sealed = (await playground.layers()).filter(({ state }) => state === 'sealed')
  await playground.fill('damage-segment', sealed[2]?.name ?? '')
  await playground.fill('damage-position', '30000')
  await playground.press('flip')
  await playground.until('damage-facts', (text) => text.includes('found at'))
  await playground.press('read-intact')
  await playground.until('intact', (text) => text.includes('can be read'))
  await pictures(page, 'corrupt')

  await playground.press('bench-run')
  await playground.until('bench-said', (text) => text.includes('an append costs'))
  await pictures(page, 'bench', '.bench')
  await pictures(page, 'whole', 'body')
})

async function pictures(page: Page, state: string, of?: string): Promise<void> {
  for (const { name, width, height } of sizes) {
    await page.setViewport({ width, height })
    for (const value of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
      await new Promise((resolve) => setTimeout(resolve, 400))
      const path = join(directory, `${state}-${name}-${value}.png`) as `${string}.png`
      const part = of === undefined ? null : await page.$(of)
      if (part === null) await page.screenshot({ path, fullPage: name === 'narrow' })
      else await part.screenshot({ path })
    }
  }
  await page.setViewport({ width: 1280, height: 800 })
}
