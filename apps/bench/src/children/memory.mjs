// A process of its own for each measurement: its peak is never that of an earlier one. Plain JavaScript, because what
// Node needs to understand types would be most of what is measured. What it is told and tells: orders.ts.
import { readFileSync } from 'node:fs'

const orders = JSON.parse(process.argv[2])

/** Appends records of 256 B to 64 KiB until the log has `bytes` of frames. */
async function write(log, bytes) {
  const payload = new Uint8Array(65_536).fill(7)
  let total = log.segments.reduce((sum, { end }) => sum + end, 0)
  for (let at = log.lastSequence; total < bytes; ) {
    const appends = []
    for (let many = 0; many < 100; many += 1) {
      at += 1
      // All powers of two in turn, so that small records are as many as large ones.
      const length = 256 * 2 ** (at % 9)
      payload[0] = at
      appends.push(log.append(payload.subarray(0, length)))
      total += length + 40
    }
    await Promise.all(appends)
  }
}

let ownBytes
let visits = 0

/** Remembers the most that was resident and no page of a file, such as the executable, which all processes share. */
function lookAtOwn() {
  if (process.platform !== 'linux') return
  const kibibytes = Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  ownBytes = Math.max(ownBytes ?? 0, kibibytes * 1024)
}

function lookNowAndThen() {
  visits += 1
  if (visits % 1000 === 0) lookAtOwn()
}

async function run() {
  if (orders.task === 'nothing') return { records: 0, ms: 0 }
  const { openLog } = await import('varve')
  if (orders.task === 'load') return { records: 0, ms: 0 }
  const began = performance.now()
  const log = await openLog(orders.directory, { verify: 'all', durability: 'async' })
  if (orders.task === 'write') await write(log, orders.bytes)
  lookAtOwn()
  const records = orders.task === 'recover' ? await log.replay(lookNowAndThen) : log.lastSequence
  const ms = performance.now() - began
  await log.close()
  return { records, ms }
}

/**
 * The most memory that was ever resident, in bytes. On Linux not `resourceUsage().maxRSS`: there a process that was
 * started by a large one begins with the peak of that one.
 */
function peakBytes() {
  const kibibytes =
    process.platform === 'linux'
      ? Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
      : process.resourceUsage().maxRSS
  return kibibytes * 1024
}

const result = await run()
lookAtOwn()
process.stdout.write(JSON.stringify({ ...result, peakBytes: peakBytes(), ownBytes }))
