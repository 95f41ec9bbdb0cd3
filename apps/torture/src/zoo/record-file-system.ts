import { Violation, LogLedger, type System, type World } from '@varve/dst'
import { openRecordFile, type RecordFile } from '@varve/segments'
import type { Durability, Step } from '../system/log-variant.ts'
import { isHonest } from '../system/promises.ts'

/** A record file and what is done to it. */
export interface RecordFileVariant {
  readonly durability: Durability
  /** Up to this size it is written anew behind a torn tail, above it is cut in place. */
  readonly rewriteBytesMax: number
  /** What a workload is made of; the first is the simplest. Appends, batches and syncs only. */
  readonly steps: readonly Step[]
}

/** One file of records under the ledger of a log: it makes the same promises. Each call waits for the one before. */
export function recordFileSystem(variant: RecordFileVariant): System<RecordFile, LogLedger> {
  const { durability, rewriteBytesMax, steps } = variant
  return {
    ledger: (profile) => new LogLedger(profile),
    open: ({ storage, runtime }) => openRecordFile({ ...small, storage, runtime, durability, rewriteBytesMax }),
    check,
    async workload(file, world, ledger) {
      for (let left = world.stepsMax; left > 0; left -= 1) {
        const step = steps[world.choose(steps.length + 1) - 1]
        if (step === undefined) break
        world.note(`-- ${step.do}`)
        await perform(file, step, durability, ledger)
      }
      if (world.stepsMax === 0 || world.choose(2) === 0) return
      await file.close()
      ledger.cover(file.durableSequence)
      world.shutDown()
    },
    abandon: async (file) => { await file.close() },
    tolerates: isHonest,
  }
}

const small = {
  name: 'records',
  capacity: 4096,
  blockBytes: 128,
  stagingBytes: 4096,
  readBytes: 4096,
  kernel: 'portable',
} as const

async function perform(file: RecordFile, step: Step, durability: Durability, ledger: LogLedger): Promise<void> {
  if (step.do === 'sync') {
    await file.sync()
    ledger.cover()
    return
  }
  if (step.do !== 'append' && step.do !== 'batch') throw new Error(`a record file does no ${step.do}`)
  await file.appendBatch(ledger.attempt(step.do === 'append' ? [step.bytes] : step.bytes))
  if (durability === 'async') ledger.write()
  else ledger.cover()
}

async function check(file: RecordFile, world: World, ledger: LogLedger): Promise<void> {
  const payloads: Uint8Array[] = []
  for await (const { sequence, payload } of file.read()) {
    if (sequence !== payloads.length + 1) throw new Violation(`record ${sequence} follows ${payloads.length}`)
    payloads.push(payload)
  }
  ledger.recovered(payloads)
  world.probe(`record-file.${file.recovery.row ?? 'created'}`)
}
