import { controlPayloadsTarget } from './control-payloads.ts'
import { directoryForgedTarget, directoryReplayTarget } from './directory-targets.ts'
import { entryCodecsTarget } from './entry-codecs.ts'
import { fileHeaderTarget } from './file-header.ts'
import { recordDecoderTarget } from './record-decoder.ts'
import { recordFileForgedTarget, recordFileTarget } from './record-file.ts'
import type { FuzzTarget } from './target.ts'

/**
 * Everything that is fuzzed. What comes next gets a seat by being put here: a reader of checkpoints, say, is one object
 * whose seeds are checkpoints of a few chunks, whose change knows the end record, and whose law is that a checkpoint is
 * restored whole or refused.
 */
export const targets: readonly FuzzTarget[] = [
  fileHeaderTarget,
  recordDecoderTarget,
  entryCodecsTarget,
  controlPayloadsTarget,
  directoryReplayTarget,
  directoryForgedTarget,
  recordFileTarget,
  recordFileForgedTarget,
]

export function targetNamed(name: string): FuzzTarget {
  const target = targets.find((one) => one.name === name)
  if (target === undefined) throw new Error(`no target ${name}; there are ${targets.map((one) => one.name).join(', ')}`)
  return target
}
