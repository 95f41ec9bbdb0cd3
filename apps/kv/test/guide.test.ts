import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const repository = join(import.meta.dirname, '..', '..', '..')
const guide = readFileSync(join(repository, 'docs', 'guides', 'build-a-database.md'), 'utf8')
const sources = join(repository, 'apps', 'kv', 'src')
const files = readdirSync(sources).map((name) => readFileSync(join(sources, name), 'utf8'))

describe('the guide', () => {
  const quotes = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '')

  it('quotes the database as it is', () => {
    expect(quotes.length).toBeGreaterThan(3)
    expect(quotes.filter((quote) => !files.some((file) => file.includes(quote)))).toEqual([])
  })

  it('is right about its length', () => {
    const lines = files.reduce((sum, file) => sum + file.split('\n').length - 1, 0)
    expect(lines).toBeLessThan(400)
  })
})
