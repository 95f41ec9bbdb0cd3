/*
 * A walk over the instructions of a WebAssembly module, as far as is needed to say which there are. It reads each
 * immediate in full, and throws for an instruction that it does not know, so that it cannot lose its place unnoticed.
 */

/** How many numbers follow an instruction, by its first byte. The tables of the core specification, chapter 5.4. */
const immediates: Readonly<Record<number, number>> = {
  ...Object.fromEntries(range(0x00, 0x01).map((code) => [code, 0])), // unreachable, nop
  ...Object.fromEntries(range(0x02, 0x04).map((code) => [code, 1])), // block, loop, if: a type
  ...{ 0x05: 0, 0x0b: 0, 0x0c: 1, 0x0d: 1, 0x0f: 0, 0x10: 1, 0x1a: 0, 0x1b: 0 },
  ...Object.fromEntries(range(0x20, 0x24).map((code) => [code, 1])), // variables
  ...Object.fromEntries(range(0x28, 0x3e).map((code) => [code, 2])), // loads and stores: alignment, offset
  ...Object.fromEntries(range(0x3f, 0x42).map((code) => [code, 1])), // memory.size, memory.grow, integer constants
  ...Object.fromEntries(range(0x45, 0xc4).map((code) => [code, 0])), // arithmetic
}

/** 0xfc is a prefix: its first eight are conversions that saturate. */
const prefix = 0xfc

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

class Reader {
  readonly #bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.at = at
  }

  byte(): number {
    const value = this.#bytes[this.at++]
    if (value === undefined) throw new Error('the module ends too early')
    return value
  }

  /** A number in LEB128, signed or not: what it is does not matter where it is only passed over. */
  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
}

/** The first bytes of all instructions in the code section of `module`, each once. */
export function instructionsOf(module: Uint8Array): Set<number> {
  const found = new Set<number>()
  const reader = new Reader(module, 8)
  while (reader.at < module.length) {
    const section = reader.byte()
    const end = reader.number() + reader.at
    if (section === 10) {
      for (let functions = reader.number(); functions > 0; functions--) walkFunction(reader, found)
      if (reader.at !== end) throw new Error('lost the place')
    }
    reader.at = end
  }
  return found
}

function walkFunction(reader: Reader, found: Set<number>): void {
  const end = reader.number() + reader.at
  for (let locals = reader.number(); locals > 0; locals--) {
    reader.number()
    reader.byte()
  }
  while (reader.at < end) {
    const code = reader.byte()
    found.add(code)
    const count = code === prefix ? saturating(reader) : immediates[code]
    if (count === undefined) throw new Error(`an unknown instruction, 0x${code.toString(16)}`)
    for (let each = 0; each < count; each++) reader.number()
  }
  if (reader.at !== end) throw new Error('lost the place')
}

function saturating(reader: Reader): number | undefined {
  return reader.number() <= 7 ? 0 : undefined
}
