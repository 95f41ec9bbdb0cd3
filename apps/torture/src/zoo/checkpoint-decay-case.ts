import { createCheckpointPublisherSync, recoverSync } from '@varve/checkpoint'
import { isVarveError } from '@varve/codec'
import { sameBytes, Violation } from '@varve/dst'
import { openLogSync, type SynchronousLog } from '@varve/segments'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { smallLog } from '../system/log-variant.ts'
import type { OwnResult } from '../cases/case.ts'

/**
 * Decay of checkpoints, place by place: whatever becomes of one of two, recovery takes the other one and comes to the
 * right state; whatever becomes of both, it refuses.
 */
export const checkpointDecay = {
  name: 'checkpoint-decay',
  looksFor: 'a state that is made from a damaged checkpoint, or damage that the checkpoint before cannot heal',
} as const

type Files = Map<string, Uint8Array<ArrayBuffer>>

/** What goes bad. The second number of a tape; the first is which checkpoints, the third the place. */
const faults = [
  'a flipped bit',
  'a word of zeros',
  'a file cut off',
  'a lost file',
  'a byte too many',
  'the checkpoint of another state',
  'a chunk of another state',
] as const
type Fault = (typeof faults)[number]

const older = '0000000000000003.checkpoint'
const newer = '0000000000000006.checkpoint'
/** The first number of a tape. */
const victims: readonly (readonly string[])[] = [[newer], [older], [older, newer]]

interface Written {
  readonly snapshot: MemorySnapshot
  /** The same checkpoints of other states. */
  readonly others: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
  /** The log as it was when the newer checkpoint had not been published yet, nor its last record appended. */
  readonly before: MemorySnapshot
}

/** Runs every place. */
export function runCheckpointDecay(goesOn: () => boolean): OwnResult {
  let looked = 0
  const result = (isComplete: boolean, failure?: OwnResult['failure']): OwnResult => {
    return { looked, states: looked, lives: looked, isComplete, failure }
  }
  const written = write()
  for (const tape of places(written)) {
    if (!goesOn()) return result(false)
    looked += 1
    const violation = look(written, tape)
    if (violation !== undefined) return result(false, { violation, tape })
  }
  return result(true)
}

/** Plays one tape; undefined when no promise was broken. */
export function playCheckpointDecay(tape: readonly number[]): string | undefined {
  return look(write(), tape)
}

/** The state after `sequence` records, each of which is its number. `salt` makes it another one. */
function stateOf(sequence: number, salt = 0): Uint8Array<ArrayBuffer> {
  return new Uint8Array(150).map((_, at) => at * 7 + sequence * 13 + salt)
}

function write(): Written {
  const storage = memoryStorage()
  const log = openLogSync({ ...smallLog, storage })
  const publisher = createCheckpointPublisherSync(log)
  const appendTo = (last: number): void => {
    while (log.lastSequence < last) log.appendSync(Uint8Array.of(log.lastSequence + 1))
  }
  const others = new Map<string, Uint8Array<ArrayBuffer>>()
  appendTo(3)
  noteOther(others, storage.snapshot(), older)
  publisher.publishSync(stateOf(3))
  appendTo(5)
  const before = storage.snapshot()
  appendTo(6)
  noteOther(others, storage.snapshot(), newer)
  publisher.publishSync(stateOf(6))
  appendTo(8)
  return { snapshot: storage.snapshot(), others, before }
}

/** What the next checkpoint would be if the state were another one. */
function noteOther(others: Files, snapshot: MemorySnapshot, name: string): void {
  const storage = memoryStorage({ snapshot })
  const log = openLogSync({ ...smallLog, storage })
  createCheckpointPublisherSync(log).publishSync(stateOf(log.lastSequence, 1))
  others.set(name, storage.snapshot().files.get(name) as Uint8Array<ArrayBuffer>)
}

/** Every byte of one, and a few places of both. The last one is a log that has lost what a checkpoint proves. */
function* places({ snapshot }: Written): Generator<readonly number[]> {
  const { length } = snapshot.files.get(newer) as Uint8Array
  for (let at = 0; at < length; at += 1) for (const fault of [0, 2]) yield [0, fault, at]
  for (let at = 0; at < length; at += 8) yield [0, 1, at]
  for (const fault of [3, 4, 5, 6]) yield [0, fault, 0]
  for (const victim of [1, 2]) {
    for (let at = 0; at < length; at += 16) for (const fault of [0, 1, 2]) yield [victim, fault, at]
    for (const fault of [3, 4, 5, 6]) yield [victim, fault, 0]
  }
  yield [victims.length, 0, 0]
}

function look(written: Written, tape: readonly number[]): string | undefined {
  const [victim = 0, kind = 0, at = 0] = tape
  if (victim === victims.length) return lookAtShorter(written)
  const { snapshot, others } = written
  const names = victims[victim] as readonly string[]
  const fault = faults[kind] as Fault
  const files = new Map(snapshot.files)
  for (const name of names) damage(files, name, fault, at, others)
  const changed = names.filter((name) => !sameFile(files.get(name), snapshot.files.get(name)))
  const from = [newer, older].find((name) => !changed.includes(name))
  const said = recovered({ ...snapshot, files })
  const due = from === undefined ? 'refused' : `${from}, 8`
  return said === due ? undefined : `${fault} at ${at} of ${names.join(' and ')}: ${said}, and ${due} is due`
}

/** A valid checkpoint proves that the log once went so far. */
function lookAtShorter({ snapshot, before }: Written): string | undefined {
  const files = new Map(before.files).set(newer, snapshot.files.get(newer) as Uint8Array<ArrayBuffer>)
  const said = recovered({ ...before, files })
  return said === 'refused' ? undefined : `a checkpoint beyond the log: ${said}, and it should have been refused`
}

/** What recovery began with and where it came to, or that it refused; an error is an answer if it says so. */
function recovered(snapshot: MemorySnapshot): string {
  let log: SynchronousLog | undefined
  let sequence = 0
  let restored = 0
  try {
    log = openLogSync({ ...smallLog, storage: memoryStorage({ snapshot }) })
    const { checkpoint } = recoverSync(log, {
      restore(state, info) {
        restored += 1
        sequence = info.sequence
        if (!sameBytes(Buffer.concat([...state]), stateOf(sequence))) throw new Violation('another state was restored')
      },
      apply({ payload }) {
        sequence += 1
        if (payload[0] !== sequence) throw new Violation(`record ${String(payload[0])} was applied as ${sequence}`)
      },
    })
    if (restored > 1) return 'restored more than once'
    return `${checkpoint?.name ?? 'nothing'}, ${sequence}`
  } catch (error) {
    // Whoever has seen a byte of it must not be told afterwards that it was none.
    if (isVarveError(error, 'CORRUPT') && restored === 0) return 'refused'
    return String(error)
  } finally {
    log?.closeSync()
  }
}

function sameFile(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && sameBytes(one, other)
}

function damage(files: Files, name: string, fault: Fault, at: number, others: Written['others']): void {
  const bytes = (files.get(name) as Uint8Array<ArrayBuffer>).slice()
  const other = others.get(name) as Uint8Array<ArrayBuffer>
  files.set(name, bytes)
  switch (fault) {
    case 'a flipped bit':
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
      return
    case 'a word of zeros':
      bytes.fill(0, at, at + 8)
      return
    case 'a file cut off':
      files.set(name, bytes.slice(0, at))
      return
    case 'a lost file':
      files.delete(name)
      return
    case 'a byte too many':
      files.set(name, Uint8Array.from([...bytes, 0]))
      return
    case 'the checkpoint of another state':
      files.set(name, other)
      return
    case 'a chunk of another state':
      // Header and end record stay what they were.
      bytes.set(other.subarray(smallLog.blockBytes, -endBytes), smallLog.blockBytes)
  }
}

/** The frame of the end record. */
const endBytes = 72
