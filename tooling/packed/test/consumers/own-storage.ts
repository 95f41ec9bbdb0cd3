// Somebody who runs a log on a storage of their own, after the conformance suite had nothing to say against it.
import { runChecks, storageChecks } from '@varve/storage/conformance'
import { openLog } from 'varve'
import { Cabinet, cabinetStorage } from './adapter.ts'

const checks = storageChecks(() => {
  const cabinet = new Cabinet()
  return { open: () => cabinetStorage(cabinet) }
})
const { ok, passed, results } = await runChecks(checks)
const failed = results.filter(({ verdict }) => verdict === 'failed').map(({ reason }) => reason)

const cabinet = new Cabinet()
const log = await openLog({ storage: cabinetStorage(cabinet), segmentBytes: 8192, blockBytes: 128 })
for (let at = 0; at < 200; at += 1) await log.append(new Uint8Array(at))
// Not closed: what a killed process leaves behind.
cabinet.holder = ''
const again = await openLog({ storage: cabinetStorage(cabinet), verify: 'all' })
const lengths: number[] = []
for await (const { payload } of again.read()) lengths.push(payload.length)
const segments = again.segments.length
await again.close()

console.log(JSON.stringify({ ok, passed, failed, lengths, segments }))
