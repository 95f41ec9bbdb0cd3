import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeStorage } from '@varve/storage-node'
import { runChecks, storageChecks, type ConformanceTarget } from '@varve/storage/conformance'
import type { Message, Orders } from './orders.ts'

function freshTarget(synchronous: boolean): ConformanceTarget {
  const parent = mkdtempSync(join(tmpdir(), 'varve-conformance-'))
  return {
    open: () => nodeStorage(join(parent, 'log'), { synchronous }),
    dispose: () => {
      rmSync(parent, { recursive: true, force: true })
    },
  }
}

/** The storage contract, checked by itself. What an adapter does not offer is not counted as passed. */
export async function conformance(_orders: Orders, tell: (message: Message) => void): Promise<void> {
  for (const synchronous of [false, true]) {
    const group = synchronous ? 'node storage, synchronous' : 'node storage, asynchronous'
    tell({ kind: 'begin', group })
    const { results, notOffered } = await runChecks(storageChecks(() => freshTarget(synchronous)))
    for (const { id, title, verdict, reason = '' } of results) {
      if (verdict !== 'passed' && verdict !== 'failed') continue
      const error = verdict === 'failed' ? { error: reason } : {}
      tell({ kind: 'test', group, title: `${id}: ${title}`, milliseconds: 0, ...error })
    }
    if (notOffered > 0) tell({ kind: 'note', text: `${group}: ${notOffered} checks of what it does not offer` })
  }
}
