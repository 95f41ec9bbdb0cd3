import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dumpSegment } from './hex-dump.ts'
import { writeLog } from './written-log.ts'

const page = join(import.meta.dirname, '../../../../docs/FORMAT.md')
const begin = /^<!-- dump: begin .*-->$/m
const end = '<!-- dump: end -->'

function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value)
}

async function example(): Promise<string> {
  const { files } = await writeLog({ segmentBytes: 4096, blockBytes: 128 }, [
    { do: 'append', payload: text('hello'), type: 7, timestamp: 1000 },
    { do: 'batch', payloads: [text('all'), text('or nothing')] },
    { do: 'append', payload: text('x'.repeat(3056)) },
    { do: 'append', payload: text('the next segment') },
    { do: 'close' },
  ])
  const names = [...files.keys()].filter((name) => !name.startsWith('spare')).sort()
  const dumps = names.map((name) => dumpSegment(name, files.get(name) as never).join('\n'))
  return ['', '```text', dumps.join('\n\n'), '```', ''].join('\n')
}

describe('docs/FORMAT.md', () => {
  it('shows the bytes that the code writes', async () => {
    const markdown = readFileSync(page, 'utf8')
    const [opening] = begin.exec(markdown) ?? ['']
    const from = markdown.indexOf(opening) + opening.length
    const to = markdown.indexOf(end)
    const dump = await example()
    if (process.env.UPDATE === '1') writeFileSync(page, markdown.slice(0, from) + dump + markdown.slice(to))
    expect(readFileSync(page, 'utf8').slice(from, from + dump.length + end.length)).toBe(dump + end)
  })
})
