import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { htmlPage, writeHtml } from '../../src/report/html.ts'
import { inventedResult } from '../support/invented-result.ts'

const result = inventedResult()
const page = htmlPage(result)

describe('the page', () => {
  it('needs nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|src=/)
    expect(page.match(/https?:\/\/[^"]+/g)?.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([])
  })

  it('has machine and date, and shows text as text', () => {
    expect(page).toContain('cpu Invented &lt;Processor&gt;')
    expect(page).toContain('2031-02-03 04:05 UTC, 21 min')
    expect(page).not.toContain('<Processor>')
  })

  it('has every budget with what became of it, what was missed first', () => {
    const budgeted = result.results.filter(({ met }) => met !== undefined)
    const missed = budgeted.filter(({ met }) => met === false)
    expect(missed.length).toBeGreaterThan(0)
    expect(page).toContain(`${budgeted.length - missed.length} of ${budgeted.length} budgets met.`)
    const table = /<h2>Budgets<\/h2>(.*?)<h2>/s.exec(page)?.[1] ?? ''
    const verdicts = [...table.matchAll(/<span class="(met|missed)">/g)].map(([, verdict]) => verdict)
    expect(verdicts).toEqual(budgeted.map((_, at) => (at < missed.length ? 'missed' : 'met')))
  })

  it('has every group as a table', () => {
    const groups = new Set(result.results.map(({ group }) => group))
    expect(page.match(/<details>/g)).toHaveLength(groups.size)
    for (const { name } of result.results) expect(page).toContain(`<td class="name">${name}</td>`)
  })

  it('has every picture that has points, wide and narrow, and colours for both themes', () => {
    const figures = [...page.matchAll(/<figure id="([\w-]+)">/g)].map(([, id]) => id)
    expect(figures).toEqual(result.plots.map(({ id }) => id).filter((id) => id !== 'nothing'))
    expect(page.match(/<svg /g)).toHaveLength(2 * figures.length)
    const used = new Set([...page.matchAll(/var\(--(\w+)\)/g)].map(([, name]) => name))
    for (const name of used) expect(page.match(new RegExp(`--${name}: ?#`, 'g')), name).toHaveLength(2)
  })

  it('of a run without budgets says so', () => {
    const without = htmlPage({ ...result, results: result.results.filter(({ met }) => met === undefined) })
    expect(without).toContain('Nothing had a budget.')
    expect(without).not.toContain('<h2>Budgets</h2>')
  })

  it('is written where it is wanted', () => {
    const directory = mkdtempSync(join(tmpdir(), 'varve-bench-page-'))
    onTestFinished(() => { rmSync(directory, { recursive: true }) })
    writeHtml(result, join(directory, 'page.html'))
    expect(readFileSync(join(directory, 'page.html'), 'utf8')).toBe(page)
  })
})
