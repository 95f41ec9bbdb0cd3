import { frameBytes, isVarveError } from '@varve/codec'
import { LogLedger, sectorBytes, Violation } from '@varve/dst'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { smallLog, type Durability } from '../system/log-variant.ts'

/**
 * Decay of logs whose last process was killed, place by place. The simulation lets a disk decay only behind an orderly
 * shutdown, whose CLOSE proves everything before it; here the proof is a MARK, a born end, or the frames alone.
 */
export interface DecayCase {
  /** Unique; part of every replay string. */
  readonly name: string
  readonly looksFor: string
  /** How each process writes: its mode, and the sizes of its records. It is killed then. */
  readonly lives: readonly { readonly durability: Durability; readonly bytes: readonly number[] }[]
}

export const decayCases: readonly DecayCase[] = [
  {
    name: 'decay-killed',
    looksFor: 'damage to the last commit that is taken for a torn tail although a MARK proves it',
    lives: [{ durability: 'sync', bytes: [30, 10, 50, 20] }],
  },
  {
    name: 'decay-handed-over',
    looksFor: 'damage to what a segment was born with, before anything else proves it',
    lives: [{ durability: 'async', bytes: [30, 10] }, { durability: 'sync', bytes: [] }],
  },
  {
    name: 'decay-rotated',
    looksFor: 'damage to sealed and cut segments, and their absence',
    lives: [{ durability: 'sync', bytes: [1500, 1400, 700, 30] }, { durability: 'sync', bytes: [40, 1500, 1600, 20] }],
  },
]

export interface DecayCaseOptions {
  /** Asked before each look; false ends the case early. */
  readonly goesOn?: () => boolean
  /** Told of every process that opens a log. */
  readonly started?: () => void
}

export interface DecayCaseResult {
  readonly case: string
  /** Damaged logs that were opened. */
  readonly looked: number
  /** Of those, the ones that answered with an error. */
  readonly refused: number
  readonly states: number
  readonly lives: number
  readonly isComplete: boolean
  readonly failure: { readonly violation: string; readonly tape: readonly number[] } | undefined
}

/** What goes bad. The second number of a tape; the first is the file, the third the place. */
const faults = ['a flipped bit', 'a word of zeros', 'a sector of zeros', 'a file cut off', 'a lost file'] as const
type Fault = (typeof faults)[number]

interface Written {
  readonly snapshot: MemorySnapshot
  /** Segments, in order. */
  readonly names: readonly string[]
  readonly ledger: LogLedger
}

/** Damages every place in every way, one at a time. */
export function runDecayCase(what: DecayCase, options: DecayCaseOptions = {}): DecayCaseResult {
  let looked = 0
  let refused = 0
  const result = (isComplete: boolean, failure?: DecayCaseResult['failure']): DecayCaseResult => {
    return { case: what.name, looked, refused, states: looked, lives: looked, isComplete, failure }
  }
  let written: Written
  try {
    written = write(what)
  } catch (error) {
    return result(false, { violation: `nothing was damaged yet, and it says: ${String(error)}`, tape: [] })
  }
  for (const tape of places(written)) {
    if (options.goesOn?.() === false) return result(false)
    looked += 1
    options.started?.()
    const answer = look(written, tape)
    if (answer === 'refused') refused += 1
    else if (answer !== 'whole') return result(false, { violation: answer.violation, tape })
  }
  return result(true)
}

/** Plays one tape of the case; undefined when no promise was broken. */
export function playDecayCase(what: DecayCase, tape: readonly number[]): string | undefined {
  const answer = look(write(what), tape)
  return typeof answer === 'string' ? undefined : answer.violation
}

function write({ lives }: DecayCase): Written {
  const ledger = new LogLedger()
  let storage = memoryStorage()
  for (const { durability, bytes } of lives) {
    const log = openLogSync({ ...smallLog, storage, durability })
    ledger.recovered(payloadsOf(log))
    // Each by itself: together they would be a batch.
    for (const payload of bytes.flatMap((size) => ledger.attempt([size]))) log.appendSync(payload)
    ledger.write()
    if (durability === 'sync') ledger.cover()
    storage = memoryStorage({ snapshot: storage.snapshot() })
  }
  const snapshot = storage.snapshot()
  const names = [...snapshot.files.keys()].filter((name) => !name.startsWith('spare-')).sort()
  return { snapshot, names, ledger }
}

/** Within content every byte, or some of it where there is much; behind it, where there are zeros, a few. */
function* places({ snapshot, names }: Written): Generator<readonly number[]> {
  for (const [file, name] of names.entries()) {
    const { length } = bytesOf(snapshot, name)
    const end = contentEnd(bytesOf(snapshot, name))
    const stride = end > 1024 ? 7 : 1
    for (let at = 0; at < end; at += stride) yield [file, 0, at]
    for (let at = end; at < length; at += 8 * sectorBytes) yield [file, 0, at]
    for (let at = 0; at < end; at += 8 * stride) yield [file, 1, at]
    for (let at = 0; at < end; at += sectorBytes) yield [file, 2, at]
    for (let at = 0; at < length; at += sectorBytes) yield [file, 3, at]
    yield [file, 4, 0]
  }
}

/** What a damaged log answers: everything that it owes, an error, or something that it must not. */
type Answer = 'whole' | 'refused' | { readonly violation: string }

function look({ snapshot, names, ledger }: Written, tape: readonly number[]): Answer {
  const [file = 0, kind = 0, at = 0] = tape
  const name = names[file] as string
  const fault = faults[kind] as Fault
  const files = new Map(snapshot.files)
  const books = ledger.clone()
  if (file === names.length - 1 && isForgiven(fault, at, contentEnd(bytesOf(snapshot, name)))) books.betray()
  damage(files, name, fault, at)
  try {
    const log = openLogSync({ ...smallLog, storage: memoryStorage({ snapshot: { ...snapshot, files } }) })
    books.recovered(payloadsOf(log))
  } catch (error) {
    // An error that says so is as good as the data.
    if (isVarveError(error)) return 'refused'
    const said = error instanceof Violation ? error.message : String(error)
    return { violation: `${fault} at ${at} of ${name}: ${said}` }
  }
  return 'whole'
}

/**
 * The limits that docs/DURABILITY.md names: of the newest segment as a whole, or of what proves its last commit, and
 * nothing else, the loss looks like something harmless.
 */
function isForgiven(fault: Fault, at: number, end: number): boolean {
  if (fault === 'a lost file' || fault === 'a file cut off') return true
  const length = { 'a flipped bit': 1, 'a word of zeros': 8, 'a sector of zeros': sectorBytes }[fault]
  return at + length > end - frameBytes(0) && at < end
}

function damage(files: Map<string, Uint8Array<ArrayBuffer>>, name: string, fault: Fault, at: number): void {
  const bytes = (files.get(name) as Uint8Array<ArrayBuffer>).slice()
  files.set(name, bytes)
  switch (fault) {
    case 'a flipped bit':
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
      return
    case 'a word of zeros':
      bytes.fill(0, at, at + 8)
      return
    case 'a sector of zeros':
      bytes.fill(0, at, at + sectorBytes)
      return
    case 'a file cut off':
      files.set(name, bytes.slice(0, at))
      return
    case 'a lost file':
      files.delete(name)
  }
}

function bytesOf({ files }: MemorySnapshot, name: string): Uint8Array {
  return files.get(name) as Uint8Array
}

/** Where the last byte that is not zero ends, to a multiple of eight as frames do. */
function contentEnd(bytes: Uint8Array): number {
  return Math.ceil((bytes.findLastIndex((byte) => byte !== 0) + 1) / 8) * 8
}

function payloadsOf(log: SynchronousLog): Uint8Array[] {
  return [...log.readSync()].map(({ sequence, payload }, at) => {
    if (sequence !== at + 1) throw new Violation(`record ${sequence} follows ${at}`)
    return payload
  })
}
