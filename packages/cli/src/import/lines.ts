/** A line without what ends it. */
export interface Line {
  readonly bytes: Uint8Array
  /** From 1. */
  readonly number: number
  /** Where it begins in the input. */
  readonly offset: number
  /** Only the last one may lack the byte that ends it. */
  readonly isEnded: boolean
  /** Above the limit: `bytes` is empty, and no line follows. */
  readonly isTooLong: boolean
}

const newline = 0x0a

/** Lines of each piece of input. What is held in memory is one piece, and one line of at most `lineBytesMax`. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<readonly Line[], void, void> {
  /** The beginning of a line whose end has not come. */
  let open: Uint8Array[] = []
  let openBytes = 0
  let offset = 0
  let number = 1
  const take = (last: Uint8Array, isEnded: boolean): Line => {
    const isTooLong = openBytes + last.length > lineBytesMax
    // A copy: whoever reads may use the memory of a piece again.
    const bytes = isTooLong ? new Uint8Array(0) : Buffer.concat([...open, last])
    const line = { bytes, number, offset, isEnded, isTooLong }
    offset += openBytes + last.length + 1
    number += 1
    open = []
    openBytes = 0
    return line
  }
  for await (const chunk of chunks) {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = take(chunk.subarray(start, end), true)
      lines.push(line)
      if (line.isTooLong) break
      start = end + 1
    }
    if (lines.at(-1)?.isTooLong !== true) {
      open.push(chunk.slice(start))
      openBytes += chunk.length - start
      if (openBytes > lineBytesMax) lines.push(take(new Uint8Array(0), false))
    }
    yield lines
    if (lines.at(-1)?.isTooLong === true) return
  }
  if (openBytes > 0) yield [take(new Uint8Array(0), false)]
}
