import { OrderedMap, type Entry } from './ordered-map.ts'

/** Characters that are encoded at a time. */
const chunkLength = 65_536

/** All entries in order as JSON, one a line, in chunks that are made when they are asked for. */
export function* encodeEntries(entries: OrderedMap): Generator<Uint8Array, void, undefined> {
  let lines = ''
  for (const entry of entries.scan()) {
    lines += `${JSON.stringify(entry)}\n`
    if (lines.length < chunkLength) continue
    yield new TextEncoder().encode(lines)
    lines = ''
  }
  yield new TextEncoder().encode(lines)
}

/** Reads them back, wherever one chunk ends and the next begins. */
export async function decodeEntries(chunks: AsyncIterable<Uint8Array>): Promise<OrderedMap> {
  const decoder = new TextDecoder()
  const entries: Entry[] = []
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) entries.push(JSON.parse(line) as Entry)
  }
  return OrderedMap.of(entries)
}
