import type { LogFile, LogStorage } from '../contract.ts'
import { Bench, ContractBroken } from './bench.ts'
import type { Check, ConformanceFactory, Feature, Verdict } from './check.ts'
import { capabilityChecks } from './checks/capabilities.ts'
import { closedChecks } from './checks/closed.ts'
import { durableChecks } from './checks/durable.ts'
import { handleChecks } from './checks/handles.ts'
import { laterChecks } from './checks/later.ts'
import { lockChecks } from './checks/lock.ts'
import { namesChecks } from './checks/names.ts'
import { openChecks } from './checks/open.ts'
import { persistenceChecks } from './checks/persistence.ts'
import { readChecks } from './checks/read.ts'
import { renameChecks } from './checks/rename.ts'
import { resizeChecks } from './checks/resize.ts'
import { watchChecks } from './checks/watch.ts'
import { writeChecks } from './checks/write.ts'
import type { CheckDefinition } from './definition.ts'

const definitions: readonly CheckDefinition[] = [
  ...namesChecks,
  ...openChecks,
  ...readChecks,
  ...writeChecks,
  ...resizeChecks,
  ...handleChecks,
  ...renameChecks,
  ...persistenceChecks,
  ...lockChecks,
  ...closedChecks,
  ...capabilityChecks,
  ...durableChecks,
  ...laterChecks,
  ...watchChecks,
]

/**
 * Every promise of the storage contract, as a check on the adapter that `factory` makes. Data: run them with
 * `register` in a test runner, with `runChecks` where there is none, or one by one.
 *
 * @example
 * ```ts
 * register({ describe, it }, storageChecks(() => {
 *   const disk = memoryDisk()
 *   return { open: () => memoryStorage({ disk }) }
 * }))
 * ```
 */
export function storageChecks(factory: ConformanceFactory): readonly Check[] {
  return definitions.map((definition) => {
    const { id, title, contract, needs } = definition
    const check = { id, title, contract, run: () => runOne(definition, factory) }
    return needs === undefined ? check : { ...check, needs }
  })
}

async function runOne(definition: CheckDefinition, factory: ConformanceFactory): Promise<Verdict> {
  const bench = new Bench(definition, await factory())
  try {
    await bench.openStorage()
    if (definition.needs !== undefined && !(await offers(bench, definition.needs))) return 'not-offered'
    await definition.run(bench)
    return 'passed'
  } catch (error) {
    if (error instanceof ContractBroken) throw error
    return bench.fail(`something that must succeed failed with ${String(error)}`, error)
  } finally {
    await bench.dispose()
  }
}

/** How to see whether an adapter has a feature. */
const features: Readonly<Record<Feature, (storage: LogStorage, file: LogFile) => boolean>> = {
  synchronous: (storage) => storage.capabilities.synchronous,
  watch: (storage) => storage.watch !== undefined,
  writeDurable: (_storage, file) => file.writeDurable !== undefined,
  writeLater: (_storage, file) => file.writeLater !== undefined,
  reserve: (_storage, file) => file.reserve !== undefined,
}

async function offers(bench: Bench, feature: Feature): Promise<boolean> {
  const file = await bench.create('probe')
  const offered = features[feature](bench.storage, file)
  await file.close()
  await bench.storage.remove('probe')
  return offered
}
