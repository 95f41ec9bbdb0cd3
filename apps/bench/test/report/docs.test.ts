import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { writeDocs } from '../../src/report/docs.ts'
import { inventedResult } from '../support/invented-result.ts'

const result = inventedResult()

function written(): { readonly text: string; readonly pictures: ReadonlyMap<string, string> } {
  const directory = mkdtempSync(join(tmpdir(), 'varve-bench-docs-'))
  onTestFinished(() => { rmSync(directory, { recursive: true }) })
  const folder = join(directory, 'benchmarks')
  mkdirSync(folder)
  writeFileSync(join(folder, 'of-an-earlier-run.svg'), '')
  writeDocs(result, directory)
  const pictures = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  return { text: readFileSync(join(directory, 'BENCHMARKS.md'), 'utf8'), pictures: new Map(pictures) }
}

it('the document has its parts in order, and nothing of the template is left', () => {
  const { text } = written()
  expect([...text.matchAll(/^##? (.*)$/gm)].map(([, title]) => title)).toEqual([
    'How fast varve is',
    'Run it yourself',
    'How to read it',
    'Budgets',
    'Pictures',
    'All figures',
    'What is counted',
  ])
  expect(text).not.toContain('{{')
  expect(text).toContain('| cpu | Invented &lt;Processor> |')
  expect(text.endsWith('takes it over.\n')).toBe(true)
})

it('the figures are those of the result', () => {
  const { text } = written()
  const groups = new Set(result.results.map(({ group }) => group))
  expect([...text.matchAll(/^<details><summary>(.*)<\/summary>$/gm)].map(([, title]) => title)).toEqual([...groups])
  const budgets = /## Budgets\n(.*?)\n## /s.exec(text)?.[1] ?? ''
  const missed = result.results.filter(({ met }) => met === false).length
  const met = result.results.filter((row) => row.met === true).length
  expect(budgets).toContain(`${met} of ${met + missed} met.`)
  expect(budgets.match(/^\| \*\*missed\*\* \|/gm)).toHaveLength(missed)
  expect(budgets.match(/^\| met \|/gm)).toHaveLength(met)
})

it('each picture is there, stands alone, and none of an earlier run is left', () => {
  const { text, pictures } = written()
  const named = [...text.matchAll(/\]\(benchmarks\/([\w-]+\.svg)\)/g)].map(([, name]) => name)
  expect([...pictures.keys()].sort()).toEqual([...named].sort())
  for (const [name, svg] of pictures) {
    expect(svg, name).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"[^>]*>[^]*<\/svg>\n$/)
    expect(svg.length, name).toBeLessThan(40_000)
    for (const [, colour] of svg.matchAll(/var\(--(\w+)\)/g)) expect(svg.split(`--${colour}:#`), name).toHaveLength(3)
  }
})

it('no line is too long but for rows of tables', () => {
  const { text, pictures } = written()
  const lines = [text, ...pictures.values()].flatMap((each) => each.split('\n'))
  expect(lines.filter((line) => line.length > 120 && !line.startsWith('|'))).toEqual([])
  expect(lines.filter((line) => /\s$/.test(line))).toEqual([])
})
