import { isVarveError, type Kernel, type VarveErrorCode } from '@varve/codec'
import { fileRows, readBytes, reading, type Damage } from '@varve/segments/inspect'
import { io, type Procedure } from '@varve/storage'
import { findingCodes, type Finding, type FindingCode, type FindingContext, type FindingVerdict } from '../finding.ts'
import { checkGoesOn, type Settings } from '../settings.ts'

/** Bytes that a finding shows of its file, and how many of them stand in front of the place. */
const contextBytes = 96
const contextBefore = 32

type Found = Omit<Finding, 'context' | 'verdict'> & { readonly verdict?: FindingVerdict }

/** One look at a log, under way: what it has found, how far it has come, and the kernel that it reads with. */
export class Look {
  readonly settings: Settings
  readonly kernel: Kernel
  readonly findings: Finding[] = []
  #bytesDone = 0
  #bytesTotal = 0

  constructor(settings: Settings, kernel: Kernel) {
    this.settings = settings
    this.kernel = kernel
  }

  /** So much is to be read. */
  expect(bytes: number): void {
    this.#bytesTotal += bytes
  }

  /** Hears of the offsets that are reached in one file; `end` closes it, whatever was read of its `size` bytes. */
  following(file: string, size: number): { readonly passed: (position: number) => void; readonly end: () => void } {
    const before = this.#bytesDone
    const passed = (position: number): void => {
      checkGoesOn(this.settings)
      this.#bytesDone = before + Math.min(position, size)
      this.settings.onProgress?.({ bytesDone: this.#bytesDone, bytesTotal: this.#bytesTotal, file })
    }
    return { passed, end: () => { passed(size) } }
  }

  /** Takes down what was found, with what stands around the place. */
  *note(found: Found): Procedure<void> {
    const { verdict = 'corrupt', file, position } = found
    const context = yield* this.#contextOf(file, position)
    this.findings.push({ ...found, verdict, context })
  }

  /** Runs a step of recovery; what it would refuse an open for becomes a finding, and its result undefined. */
  *attempt<T>(procedure: Procedure<T>): Procedure<T | undefined> {
    try {
      return yield* procedure
    } catch (error) {
      if (!isVarveError(error) || !(error.code === 'CORRUPT' || error.code === 'UNSUPPORTED_FORMAT')) throw error
      const { file, position = 0, row, evidence, firstSequence, lastSequence } = error.context as Partial<Damage>
      const code = codeOf(row, error.code)
      const verdict = error.code === 'CORRUPT' ? 'corrupt' : 'unreadable'
      const words = evidence ?? error.message
      const place = { file: file ?? '', position, bytes: 0, row, evidence: words }
      yield* this.note({ code, verdict, ...place, firstSequence, lastSequence })
      return undefined
    }
  }

  *#contextOf(name: string, position: number): Procedure<FindingContext | undefined> {
    const { storage } = this.settings
    const from = Math.max(0, position - contextBefore - (position % 16))
    try {
      return yield* reading(storage, name, function* (file): Procedure<FindingContext | undefined> {
        const bytes = new Uint8Array(contextBytes)
        const read = yield* readBytes(file, name, bytes, from)
        return read === 0 ? undefined : { position: from, bytes: bytes.slice(0, read) }
      })
    } catch (error) {
      // A finding may be that the file is not there.
      if (isVarveError(error, 'NOT_FOUND') || isVarveError(error, 'INVALID_ARGUMENT')) return undefined
      throw error
    }
  }
}

const codesOfRows: ReadonlyMap<string, FindingCode> = new Map<string, FindingCode>([
  ['sealed.no-seal', 'seal.missing'],
  ['sealed.chain', 'seal.chain'],
  ['sealed.damage', 'frame.damaged'],
  ['cut.damage', 'frame.damaged'],
  ['header.unsupported', 'header.unsupported'],
])

function codeOf(row: string | undefined, error: VarveErrorCode): FindingCode {
  if (row !== undefined && row in findingCodes) return row as FindingCode
  return codesOfRows.get(row ?? '') ?? (error === 'CORRUPT' ? 'frame.damaged' : 'frame.unsupported')
}

/** What the recovery table says of a row. */
export function evidenceOf(row: keyof typeof fileRows): string {
  return fileRows[row].evidence
}

export function* sizeOf({ storage }: Settings, name: string): Procedure<number> {
  return yield* reading(storage, name, (file) => io(`size of ${name}`, () => file.size()))
}
