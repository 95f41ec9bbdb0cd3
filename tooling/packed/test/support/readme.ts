import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './workspace.ts'

/** What the README shows first, until there is one. */
const example = `
import { openLog } from 'varve'

const log = await openLog('./data')
const sequence = await log.append(new TextEncoder().encode('hello'))
for await (const record of log.read({ from: sequence })) {
  console.log(record.sequence, new TextDecoder().decode(record.payload))
}
await log.close()
`

/** The first TypeScript block of a Markdown text. */
export function firstExample(markdown: string): string | undefined {
  return /^```ts\b[^\n]*\n([^]*?)^```/m.exec(markdown)?.[1]
}

/** What somebody who reads the README copies first. */
export function readmeExample(): string {
  const file = join(repository, 'README.md')
  if (!existsSync(file)) return example
  const first = firstExample(readFileSync(file, 'utf8'))
  if (first === undefined) throw new Error('README.md shows no TypeScript')
  return first
}
