import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countAllocations, countCollections } from './allocations.ts'
import { bytes } from './bytes.ts'
import type { Counts } from './counting-fs.ts'
import type { Counted, Section } from './expectations.ts'
import { kernelCalls } from './kernel-calls.ts'
import { opens, reads } from './reading.ts'
import type { Scenario } from './scenario.ts'
import { commits, rotations } from './writing.ts'

/** The part of {@link Counted} that depends on no machine and no engine. */
export async function countExactly(): Promise<Counted['exact']> {
  return {
    commits: await countAll(commits),
    rotations: await countAll(rotations),
    'bytes on disk': await countAll(bytes),
    reads: await countAll(reads),
    opens: await countAll(opens),
    'kernel calls': await countAll(kernelCalls),
  }
}

/** The part that depends on the engine, as that of this process has it. */
export function countBounded(): Counted['bounded'] {
  const [node = ''] = process.versions.node.split('.')
  const sections = { 'bytes allocated for each record': countAllocations(), 'garbage collections': countCollections() }
  return { [node]: sections }
}

async function countAll(scenarios: readonly Scenario[]): Promise<Section> {
  const counted: Record<string, Counts> = {}
  for (const { name, count } of scenarios) {
    const directory = mkdtempSync(join(tmpdir(), 'varve-counted-'))
    counted[name] = await count(directory)
    rmSync(directory, { recursive: true })
  }
  return counted
}
