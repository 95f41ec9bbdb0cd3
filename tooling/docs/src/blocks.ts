/**
 * How a fenced block of a document is marked. `ts run` is compiled and run; `ts browser` is for a page or a worker, and
 * is compiled as such.
 */
export type Mark = 'run' | 'browser'

/** A fenced block of a document that is marked. */
export interface Block {
  /** The line of the document that holds the first line of code, from 1. */
  readonly line: number
  readonly code: string
}

/** The blocks of a Markdown text that are marked so. */
export function markedBlocks(markdown: string, mark: Mark): Block[] {
  const opening = new RegExp(`^(\`{3,})ts ${mark}\\s*$`)
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = opening.exec(lines[at] ?? '')?.[1]
    if (fence === undefined) continue
    const begin = at + 1
    const length = lines.slice(begin).findIndex((line) => line.trimEnd() === fence)
    if (length < 0) throw new Error(`the block that begins on line ${begin + 1} has no end`)
    blocks.push({ line: begin + 1, code: lines.slice(begin, begin + length).join('\n') })
    at = begin + length
  }
  return blocks
}

/** The block as a module whose line numbers are those of the document, so that errors point into it. */
export function moduleOf({ line, code }: Block): string {
  return `${'\n'.repeat(line - 1)}${code}\n`
}

/** The file name of a block's module: the document's path and the line, in a form that names can have. */
export function moduleName(document: string, { line }: Block): string {
  return `${document.replaceAll('/', '--').replace(/\.md$/, '')}--${line}.ts`
}
