// The child: opens the log, goes on with the line behind its last record, and says on standard output which records
// were acknowledged. It never ends by itself unless it was told how far to go.
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { openLog, type Log } from 'varve'
import { encodeMessage, type WriterMessage, type WriterOrders } from './messages.ts'
import { readSourceFile } from './source-file.ts'

/** Appends that wait for their acknowledgement at any time. */
const window = 2048

const orders = JSON.parse(process.argv[2] ?? '{}') as WriterOrders
const { lines } = readSourceFile(orders.file)

/** Synchronous: what this process knows to be acknowledged has left it before anything else happens. */
function say(message: WriterMessage): void {
  const bytes = Buffer.from(encodeMessage(message))
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(1, bytes, sent)
}

/** Everything that one commit acknowledged makes one message. */
class Acknowledgements {
  readonly #log: Log
  #sequences: number[] = []

  constructor(log: Log) {
    this.#log = log
  }

  add(sequence: number): void {
    if (this.#sequences.length === 0) queueMicrotask(() => { this.#send() })
    this.#sequences.push(sequence)
  }

  #send(): void {
    const sequences = this.#sequences
    this.#sequences = []
    say({ kind: 'acknowledged', sequences, syncMs: this.#log.stats().syncLatencyMs.last })
  }
}

/** The end of the lap that the log is in. It has at least one. */
function endOfLap(log: Log): number {
  return lines.length * Math.max(1, Math.ceil(log.lastSequence / lines.length))
}

/** Keeps `window` appends under way until `through` is acknowledged. */
function appendThrough(through: number, log: Log): Promise<void> {
  const acknowledgements = new Acknowledgements(log)
  return new Promise((resolve, reject) => {
    let next = log.lastSequence + 1
    let underWay = 0
    const acknowledged = (sequence: number): void => {
      underWay -= 1
      if (!orders.dishonest) acknowledgements.add(sequence)
      if (sequence === through) resolve()
      else fill()
    }
    const fill = (): void => {
      for (; underWay < window && next <= through; next += 1) {
        underWay += 1
        if (orders.dishonest) acknowledgements.add(next)
        const line = lines[(next - 1) % lines.length]!
        // The timestamp says where the writer meant the record to be.
        log.append(line, { type: orders.life, timestamp: next }).then(acknowledged, reject)
      }
    }
    if (next > through) resolve()
    else fill()
  })
}

async function write(): Promise<void> {
  const { directory, segmentBytes } = orders
  const log = await openLog({ directory, segmentBytes, durability: 'group' })
  const { created, row, cleanShutdown, lastSequence, carriedRecords, discarded } = log.recovery
  say({ kind: 'opened', recovery: { created, row, cleanShutdown, lastSequence, carriedRecords, discarded } })
  // A process that is killed would not save what it compiled, and the next one would start as slowly.
  flushCompileCache()
  await appendThrough(orders.finish ? endOfLap(log) : Number.MAX_SAFE_INTEGER, log)
  await log.close()
  say({ kind: 'closed' })
}

// Ctrl-C reaches the whole process group; how this process ends is for its parent to decide.
process.on('SIGINT', () => {})

try {
  await write()
} catch (error) {
  say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
  process.exitCode = 1
}
