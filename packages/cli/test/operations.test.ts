import { readFileSync, writeFileSync } from 'node:fs'
import {
  damages,
  everyKind,
  fixedAsynchronousRuntime,
  fixedRuntime,
  flip,
  segmentNames,
} from '@varve/damage'
import { openLog, openReplica, VarveError, type LogStorage } from 'varve'
import { memoryStorage, type MemorySnapshot } from '@varve/storage-memory'
import { expect, it } from 'vitest'
import { bruised, checkpointed, corrupt, intact, kept, torn } from './support/logs.ts'
import { varve, type Surroundings } from './support/terminal.ts'

// Every block of the runbook that is marked `console NAME` is run on the log of that name, and what is printed is
// compared. With UPDATE=1 the blocks are written anew.

const guide = new URL('../../../docs/guides/operations.md', import.meta.url)

async function replica(): Promise<MemorySnapshot> {
  const storage = memoryStorage()
  const source = await openLog({
    storage: memoryStorage({ snapshot: everyKind({ runtime: fixedRuntime() }).snapshot }),
    runtime: fixedAsynchronousRuntime(),
  })
  const copy = await openReplica({ storage, runtime: fixedAsynchronousRuntime(2) })
  await copy.receive(source.stream())
  await copy.close()
  await source.close()
  return storage.snapshot()
}

/** A log whose writer still runs. */
function locked(): LogStorage {
  const storage = memoryStorage({ snapshot: intact() })
  void storage.lock()
  return { ...methods(storage), close: () => undefined }
}

/** A log on a disk that is full. */
function full(): LogStorage {
  const refuse = (): never => {
    throw new VarveError('NO_SPACE', 'there is no space left on the device')
  }
  const storage = methods(memoryStorage({ snapshot: checkpointed() }))
  return { ...storage, open: (name, mode) => (mode === 'create' ? refuse() : storage.open(name, mode)) }
}

function methods(storage: LogStorage): LogStorage {
  const { capabilities } = storage
  return {
    capabilities,
    list: () => storage.list(),
    open: (name, mode) => storage.open(name, mode),
    rename: (from, to) => storage.rename(from, to),
    remove: (name) => storage.remove(name),
    syncNames: () => storage.syncNames(),
    lock: () => storage.lock(),
    close: () => storage.close(),
  }
}

const logs: Readonly<Record<string, () => Promise<Pick<Surroundings, 'storage'>>>> = {
  intact: async () => kept(intact()),
  torn: async () => kept(torn()),
  corrupt: async () => kept(corrupt()),
  bruised: async () => kept(bruised()),
  checkpoints: async () => kept(checkpointed()),
  'missing-segment': async () => kept(damages['names.gap']()),
  'damaged-checkpoint': async () => kept(damages['checkpoint.frame']()),
  'newer-version': async () => kept(damages['header.unsupported']()),
  'damaged-replica': async () => {
    const snapshot = await replica()
    return kept(flip(snapshot, String(segmentNames(snapshot)[0]), 600))
  },
  locked: async () => ({ storage: locked }),
  full: async () => ({ storage: full }),
}

/** Runs the commands of a block one after the other on one log. */
async function played(name: string, lines: readonly string[]): Promise<string> {
  const log = logs[name]
  if (log === undefined) throw new Error(`the runbook names a log that is not here: ${name}`)
  const surroundings = { ...(await log()), runtime: fixedAsynchronousRuntime(3), env: { USER: 'ada' }, columns: 100 }
  let text = ''
  for (const line of lines) {
    const words = line.slice('$ varve '.length).match(/'[^']*'|\S+/g) ?? []
    const plain = words.map((word) => word.replaceAll("'", ''))
    const { out, err, code } = await varve([...plain, '--color=never'], { ...surroundings, stdin: 'hello\n' })
    text += `${line}\n${out}${err}${code === 0 ? '' : `# exit code ${code}\n`}`
  }
  return text
}

it('every command of the runbook prints what stands there', async () => {
  const text = readFileSync(guide, 'utf8')
  const parts = text.split(/^(```console [\w-]+\n[^]*?^```)$/m)
  const blocks = new Set<string>()
  for (const [at, part] of parts.entries()) {
    const [, name, body = ''] = /^```console ([\w-]+)\n([^]*)```$/.exec(part) ?? []
    if (name === undefined) continue
    blocks.add(name)
    const lines = body.split('\n').filter((line) => line.startsWith('$ varve '))
    const due = await played(name, lines)
    if (process.env.UPDATE === '1') parts[at] = `\`\`\`console ${name}\n${due}\`\`\``
    else expect(body).toBe(due)
  }
  if (process.env.UPDATE === '1') writeFileSync(guide, parts.join(''))
  expect([...blocks].sort()).toEqual(Object.keys(logs).filter((name) => name !== 'intact').sort())
})
