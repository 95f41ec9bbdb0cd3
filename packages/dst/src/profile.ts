import type { Survival } from './disk/survival.ts'
import type { FaultKind } from './storage/faults.ts'

/** A kind of disk and file system: what a loss of power leaves, and what else may go wrong. */
export interface FaultProfile {
  readonly name: string
  /** For people: where such a thing is met. */
  readonly models: string
  readonly survival: Survival
  readonly faults: readonly FaultKind[]
  /** What the storage says of names; `eventual` ones outlive a loss of power only after {@link nameSettlingMs}. */
  readonly names: 'device' | 'eventual'
}

/** How long an `eventual` name takes to become durable by itself, in milliseconds of the virtual clock. */
export const nameSettlingMs = 60_000

const anything: Survival = {
  order: 'any',
  names: 'any',
  renames: 'apart',
  sizes: 'any',
  holes: 'zeros',
  tears: 1,
  damagedBlockBytes: 0,
}
const journaled: Survival = { ...anything, names: 'ordered', renames: 'atomic', sizes: 'after-data', tears: 0 }
const calls: readonly FaultKind[] = ['io', 'io-although-done', 'no-space', 'too-many-files', 'read-error', 'stall']

export type ProfileName =
  | 'strict-posix'
  | 'ext4-ordered'
  | 'ext4-data'
  | 'xfs'
  | 'btrfs'
  | 'no-powersafe-overwrite'
  | 'lying-disk'
  | 'decaying-disk'
  | 'opfs-chromium'
  | 'opfs-firefox'

/** The profiles that the torture runs through, by name. */
export const faultProfiles: Record<ProfileName, FaultProfile> = {
  'strict-posix': {
    name: 'strict-posix',
    models: 'nothing but what POSIX promises: any sector, size and name by itself, files grow over old bytes',
    survival: { ...anything, holes: 'garbage' },
    faults: [...calls, 'sync-fails-clean', 'sync-fails-reverted', 'sync-fails-dirty', 'short-read'],
    names: 'device',
  },
  'ext4-ordered': {
    name: 'ext4-ordered',
    models: 'ext4 as it is mounted by default: names in order, no size before its data, failed syncs leave clean pages',
    survival: journaled,
    faults: [...calls, 'sync-fails-clean'],
    names: 'device',
  },
  'ext4-data': {
    name: 'ext4-data',
    models: 'ext4 with data=journal: everything up to one moment; the error of a sync arrives at the next one',
    survival: { ...journaled, order: 'disk' },
    faults: [...calls, 'sync-late'],
    names: 'device',
  },
  xfs: {
    name: 'xfs',
    models: 'xfs: names in order, each file up to some moment, failed syncs leave clean pages',
    survival: { ...journaled, order: 'file' },
    faults: [...calls, 'sync-fails-clean'],
    names: 'device',
  },
  btrfs: {
    name: 'btrfs',
    models: 'btrfs: what was not synced is as of one transaction; a failed sync takes it back',
    survival: { ...journaled, order: 'disk' },
    faults: [...calls, 'sync-fails-reverted'],
    names: 'device',
  },
  'no-powersafe-overwrite': {
    name: 'no-powersafe-overwrite',
    models: 'a device that may damage the whole block it was writing, bytes beside the new ones included',
    survival: { ...anything, damagedBlockBytes: 128 },
    faults: [...calls, 'sync-fails-clean'],
    names: 'device',
  },
  'lying-disk': {
    name: 'lying-disk',
    models: 'a device that reports what it has not done: no promise can hold, but nothing false may be read',
    survival: anything,
    faults: ['sync-lies', 'names-lie', 'misdirected-write', 'misdirected-read'],
    names: 'device',
  },
  'decaying-disk': {
    name: 'decaying-disk',
    models: 'a device that loses between two runs what it had: bits, sectors, whole files',
    survival: anything,
    faults: ['bit-flip', 'zeroed-sector', 'swapped-sectors', 'unreadable-sector', 'lost-file', 'cut-file'],
    names: 'device',
  },
  'opfs-chromium': {
    name: 'opfs-chromium',
    models: 'files of a web page in Chromium: flushes last, young names do not, a move may lose both names',
    survival: { ...anything, sizes: 'after-data' },
    faults: ['io', 'no-space', 'read-error'],
    names: 'eventual',
  },
  'opfs-firefox': {
    name: 'opfs-firefox',
    models: 'files of a web page in Firefox: a move may come apart, reads return nonsense on errors',
    survival: { ...anything, sizes: 'after-data' },
    faults: ['io', 'io-although-done', 'no-space', 'wrong-count'],
    names: 'device',
  },
}
