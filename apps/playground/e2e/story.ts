import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'puppeteer-core'
import { serve } from '../server/serve.ts'
import { numberIn, Playground } from './playground.ts'
import { buildWithEsbuild } from './with-esbuild.ts'

/** One thing that somebody does on the page, and what must be seen then. */
export interface Step {
  readonly name: string
  readonly run: (scene: Scene) => Promise<void>
}

/** The first tab, and what is needed for another one. */
export interface Scene {
  readonly browser: Browser
  readonly origin: string
  readonly first: Playground
}

const burstRecords = 1024

/** In order: each goes on from where the one before has left the log. */
export const story: readonly Step[] = [
  {
    name: 'a log is begun, and this tab leads',
    run: async ({ first }) => {
      assert.match(await first.text('role'), /this tab leads/)
      await first.until('records', (text) => text === '0')
    },
  },
  {
    name: 'a hundred appends get the numbers 1 to 100',
    run: async ({ first }) => {
      await first.press('append-hundred')
      await first.until('acknowledged', (text) => text === '100')
      await first.until('durable', (text) => text === '100')
      assert.equal(await first.text('in-flight'), '0')
    },
  },
  {
    name: 'a burst of one turn fills and seals segments',
    run: async ({ first }) => {
      await first.press('append-burst')
      await first.until('acknowledged', (text) => numberIn(text) === 100 + burstRecords)
      await first.until('segments', (text) => numberIn(text) > 2)
      const states = (await first.layers()).map(({ state }) => state)
      assert.equal(states[0], 'active')
      assert.ok(states.length > 2 && states.slice(1).every((state) => state === 'sealed'), states.join())
    },
  },
  {
    name: 'killed in the middle of a stream, every acknowledged record is there again',
    run: async ({ first }) => {
      const before = numberIn(await first.text('acknowledged'))
      await first.press('kill')
      const verdict = await first.until('audit', (text) => text.includes('killed') && /read back|missing/.test(text))
      assert.match(verdict, /nothing is missing/)
      const [read, acknowledged] = [...verdict.matchAll(/\d[\d,]*/g)].map(([text]) => numberIn(text))
      assert.equal(read, acknowledged)
      assert.ok(Number(acknowledged) > before, 'nothing was acknowledged in the stream')
      assert.ok((await first.number('last-after')) >= (await first.number('last-before')))
      assert.match(await first.text('report'), /did not say goodbye/)
    },
  },
  {
    name: 'a flipped bit of a sealed segment is found where it is, and the rest can be read',
    run: async ({ first }) => {
      const records = await first.number('records')
      const target = (await first.layers()).findLast(({ state }) => state === 'sealed')
      assert.ok(target !== undefined)
      const position = 30_000
      await first.fill('damage-segment', target.name)
      await first.fill('damage-position', String(position))
      await first.press('flip')
      const facts = await first.until('damage-facts', (text) => text.includes('found at'))
      assert.match(facts, new RegExp(`found at\\s+byte [\\d,]+ of ${target.name}`))
      const found = numberIn(/found at\s+byte ([\d,]+)/.exec(facts)?.[1] ?? '')
      // What does not verify is the frame around the byte: 40 bytes and a payload of 256.
      assert.ok(found <= position && position < found + 296, `flipped ${position}, found ${found}`)
      assert.match(facts, /at stake\s+records [\d,]+ to [\d,]+/)
      assert.equal(await first.text('failure-code'), 'CORRUPT')
      await first.press('read-intact')
      const intact = await first.until('intact', (text) => text.includes('can be read'))
      // Everything but the end of that segment, which is within what was said to be at stake.
      const [, before, after] = /\(1–([\d,]+) and ([\d,]+)–/.exec(intact)?.map(numberIn) ?? []
      const [, from, to] = /at stake\s+records ([\d,]+) to ([\d,]+)/.exec(facts)?.map(numberIn) ?? []
      assert.ok(Number(before) + 1 >= Number(from) && Number(after) - 1 === to, `${intact} ${facts}`)
      assert.equal(numberIn(intact), records - (Number(after) - Number(before) - 1), intact)
    },
  },
  {
    name: 'with the byte restored it opens, and nothing is missing',
    run: async ({ first }) => {
      await first.press('undo')
      await first.until('role', (text) => text.includes('this tab leads'))
      const verdict = await first.until('audit', (text) => text.includes('read back'))
      assert.match(verdict, /nothing is missing/)
      assert.equal(await first.text('failure'), '')
    },
  },
  {
    name: 'nothing is wider than a telephone',
    run: async ({ first: { page } }) => {
      for (const width of [375, 1280]) {
        await page.setViewport({ width, height: 800 })
        const needed = Number(await page.evaluate('document.documentElement.scrollWidth'))
        assert.ok(needed <= width, `${needed} of ${width}`)
      }
    },
  },
  {
    name: 'the short bench measures raw, log and port',
    run: async ({ first }) => {
      await first.fill('bench-records', '100')
      await first.press('bench-run')
      await first.until('bench-said', (text) => text.includes('an append costs'))
      const rows = await first.text('bench-rows')
      assert.equal(rows.match(/(raw|append)[^×]*×[^×]*×[^×]*×/g)?.length, 3, rows)
      assert.match(await first.text('burst-rows'), /×/)
    },
  },
  {
    name: 'a second tab joins, and appends through the first',
    run: async ({ browser, origin, first }) => {
      const second = await Playground.open(browser, origin)
      await second.until('role', (text) => text.includes(', which leads'))
      const before = await first.number('foreign')
      await second.press('append-hundred')
      await second.until('acknowledged', (text) => numberIn(text) > burstRecords + 100)
      await first.until('foreign', (text) => numberIn(text) === before + 100)
      await first.until('other-tabs', (text) => text !== 'none')
      assert.deepEqual(second.errors, [])
      // The leader goes: the other one leads, and its records are there.
      await first.page.close()
      await second.page.bringToFront()
      await second.until('role', (text) => text.includes('this tab leads'))
      assert.match(await second.until('audit', (text) => text.includes('read back')), /100 of 100 .*nothing is missing/)
      await second.press('start-over')
      await second.until('records', (text) => text === '0')
      await second.page.close()
    },
  },
  {
    name: 'built by esbuild, which is told nothing of varve, it works as well',
    run: async ({ browser }) => {
      const directory = mkdtempSync(join(tmpdir(), 'varve-esbuild-'))
      await buildWithEsbuild(directory)
      const served = await serve(directory, 0)
      try {
        const other = await Playground.open(browser, served.origin)
        await other.press('append-hundred')
        await other.until('acknowledged', (text) => text === '100')
        await other.press('kill')
        await other.until('audit', (text) => text.includes('nothing is missing'))
        assert.deepEqual(other.errors, [])
        await other.page.close()
      } finally {
        served.close()
        rmSync(directory, { recursive: true })
      }
    },
  },
  {
    name: 'a browser without the file system is told what it lacks',
    run: async ({ browser, origin }) => {
      const page = await browser.newPage()
      await page.evaluateOnNewDocument('delete StorageManager.prototype.getDirectory')
      await page.goto(origin)
      const told = await page.waitForSelector('#boot.bad')
      const words = await told?.evaluate((element) => (element as unknown as { textContent: string }).textContent)
      assert.match(words ?? '', /missing: .*OPFS/)
      await page.close()
    },
  },
]
