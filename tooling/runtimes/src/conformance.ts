// The storage contract, checked by itself: on a runtime that vitest does not run on. Started by `run.ts`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeStorage } from '@varve/storage-node'
import { runChecks, storageChecks, type ConformanceTarget } from '@varve/storage/conformance'

function freshTarget(synchronous: boolean): ConformanceTarget {
  const parent = mkdtempSync(join(tmpdir(), 'varve-conformance-'))
  return {
    open: () => nodeStorage(join(parent, 'log'), { synchronous }),
    dispose: () => {
      rmSync(parent, { recursive: true, force: true })
    },
  }
}

const { bun, deno, node } = process.versions
console.log(bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node ${node}`)

for (const synchronous of [false, true]) {
  const { ok, passed, failed, notOffered, results } = await runChecks(storageChecks(() => freshTarget(synchronous)))
  for (const { id, title, verdict, reason } of results) {
    if (verdict === 'failed') console.log(`${id}: ${title}\n${reason ?? ''}`)
  }
  const name = synchronous ? 'synchronous' : 'asynchronous'
  console.log(`node storage, ${name}: ${passed} passed, ${failed} failed, ${notOffered} not offered`)
  if (!ok) process.exitCode = 1
}
