import { decodeArchive, encodeArchive, type Files } from './archive.ts'

/** Whether an input still shows what is to be kept. */
export type Shows = (input: Uint8Array) => Promise<boolean>

/** Makes an input smaller for as long as `shows` holds, with at most `runsMax` tries. */
export async function minimise(input: Uint8Array, shows: Shows, runsMax = 1500): Promise<Uint8Array> {
  let best = input
  let runs = 0
  const isBetter = async (candidate: Uint8Array): Promise<boolean> => {
    if (runs >= runsMax) return false
    runs += 1
    if (!(await shows(candidate))) return false
    best = candidate
    return true
  }
  const isArchive = decodeArchive(input).size > 0 && input.length > 64
  for (let before = -1; before !== best.length && runs < runsMax; ) {
    before = best.length
    if (isArchive) await withoutFiles(best, isBetter)
    if (isArchive) await withShorterFiles(best, isBetter)
    await withoutPieces(() => best, isBetter)
  }
  return best
}

type Try = (candidate: Uint8Array) => Promise<boolean>

async function withoutFiles(input: Uint8Array, isBetter: Try): Promise<void> {
  let files: Files = decodeArchive(input)
  for (const name of files.keys()) {
    const fewer = new Map([...files].filter(([other]) => other !== name))
    if (await isBetter(encodeArchive(fewer))) files = fewer
  }
}

/** A file is cut in half, or its second half becomes zeros, which pack well. */
async function withShorterFiles(input: Uint8Array, isBetter: Try): Promise<void> {
  let files: Files = decodeArchive(input)
  for (const [name] of files) {
    for (let part = 2; part <= 64; part *= 2) {
      const bytes = files.get(name) ?? new Uint8Array(0)
      const keep = bytes.length - Math.ceil(bytes.length / part)
      const zeroed = bytes.slice().fill(0, keep)
      for (const content of [bytes.slice(0, keep), zeroed]) {
        const candidate = new Map([...files, [name, content]])
        const packed = encodeArchive(candidate)
        if (packed.length < encodeArchive(files).length && (await isBetter(packed))) files = candidate
      }
    }
  }
}

/** Halves first, then quarters, down to single bytes where that is affordable. */
async function withoutPieces(best: () => Uint8Array, isBetter: Try): Promise<void> {
  const least = best().length > 512 ? 8 : 1
  for (let size = Math.ceil(best().length / 2); size >= least; size = Math.floor(size / 2)) {
    for (let at = 0; at < best().length; ) {
      const bytes = best()
      const candidate = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + size))
      if (!(await isBetter(candidate))) at += size
    }
  }
}
