import { zeroSector, type Sector } from './sector.ts'

/**
 * 53 bits that tell one state from another, so that equal ones are visited once. Two independent lanes of 32 bits;
 * among ten million states the chance that two different ones are taken for equal is about one in two hundred.
 */
export class Digest {
  #one = 0x811c9dc5
  #other = 0x9e3779b1

  word(value: number): this {
    this.#one = Math.imul(this.#one ^ value, 0x01000193)
    this.#one ^= this.#one >>> 15
    this.#other = Math.imul(((this.#other << 5) | (this.#other >>> 27)) ^ value, 0x85ebca6b)
    return this
  }

  /** A whole number that may be larger than 32 bits. */
  number(value: number): this {
    return this.word(value | 0).word(Math.floor(value / 0x1_0000_0000))
  }

  text(text: string): this {
    for (let at = 0; at < text.length; at += 1) this.word(text.charCodeAt(at))
    return this.word(text.length)
  }

  sectors(sectors: readonly Sector[]): this {
    for (const sector of sectors) this.word(sector === zeroSector ? 0 : sector.digest)
    return this.word(sectors.length)
  }

  get value(): number {
    return (this.#one >>> 0) * 0x20_0000 + (this.#other >>> 11)
  }
}
