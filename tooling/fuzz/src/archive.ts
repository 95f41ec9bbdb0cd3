/** A small directory as bytes, and any bytes as a small directory. Runs of one byte take three bytes. */

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

/** What a storage takes as a name. Others are left out, like everything behind these limits. */
const plainName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,59}$/
const filesMax = 16
const imageBytesMax = 131_072

const runBytesMin = 4
const runBytesMax = 0x8000
const literalBytesMax = 0x80

/**
 * Each file: length of its name (1 byte), the name, its size (4 bytes), then pieces until it is full. A piece is a
 * length below 128 and one byte more than that of content, or 128 plus the high half of a length, its low half, and the
 * byte to be repeated once more often than that.
 */
export function encodeArchive(files: Files): Uint8Array<ArrayBuffer> {
  const out: number[] = []
  for (const [name, content] of files) {
    out.push(name.length, ...new TextEncoder().encode(name))
    out.push(content.length & 0xff, (content.length >> 8) & 0xff, content.length >> 16, 0)
    encodeContent(content, out)
  }
  return Uint8Array.from(out)
}

function encodeContent(content: Uint8Array, out: number[]): void {
  let literals: number[] = []
  const flush = (): void => {
    if (literals.length > 0) out.push(literals.length - 1, ...literals)
    literals = []
  }
  for (let at = 0; at < content.length; ) {
    const length = runAt(content, at)
    if (length >= runBytesMin) {
      flush()
      out.push(0x80 | ((length - 1) >> 8), (length - 1) & 0xff, content[at]!)
      at += length
    } else {
      literals.push(content[at]!)
      at += 1
      if (literals.length === literalBytesMax) flush()
    }
  }
  flush()
}

function runAt(content: Uint8Array, at: number): number {
  let end = at + 1
  while (end < content.length && end - at < runBytesMax && content[end] === content[at]) end += 1
  return end - at
}

export function decodeArchive(bytes: Uint8Array): Files {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  let room = imageBytesMax
  let at = 0
  while (at < bytes.length && files.size < filesMax) {
    const name = String.fromCharCode(...bytes.subarray(at + 1, at + 1 + bytes[at]!))
    at += 1 + bytes[at]!
    const size = Math.min(room, (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16))
    const content = new Uint8Array(size)
    at = decodeContent(bytes, at + 4, content)
    room -= size
    if (plainName.test(name)) files.set(name, content)
  }
  return files
}

/** Returns where the next file begins. */
function decodeContent(bytes: Uint8Array, from: number, content: Uint8Array): number {
  let at = from
  let filled = 0
  while (filled < content.length && at < bytes.length) {
    const lead = bytes[at]!
    if (lead < 0x80) {
      const piece = bytes.subarray(at + 1, at + 2 + Math.min(lead, content.length - filled - 1))
      content.set(piece, filled)
      filled += piece.length
      at += lead + 2
    } else {
      const length = (((lead & 0x7f) << 8) | (bytes[at + 1] ?? 0)) + 1
      content.fill(bytes[at + 2] ?? 0, filled, filled + length)
      filled += length
      at += 3
    }
  }
  return at
}
