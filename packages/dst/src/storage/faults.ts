import type { Operation, OperationKind } from './operation.ts'

/** What an operation may do instead of what it was asked for. */
export type CallFault =
  /** Throws `IO`; a write lands none or half of its bytes. */
  | 'io'
  /** Throws `IO` although everything was done. */
  | 'io-although-done'
  /** Throws `NO_SPACE`, as for a full disk or an exhausted quota; none or half of the bytes land. */
  | 'no-space'
  /** Throws `IO` at opening a file: the process has too many. */
  | 'too-many-files'
  /** Throws `IO` at reading. */
  | 'read-error'
  /** Reads fewer bytes than there are, and says so. */
  | 'short-read'
  /** Says that it read a number of bytes that cannot be. */
  | 'wrong-count'
  /** Throws `IO` at a sync; what becomes of the bytes is in `FailedSync`. */
  | 'sync-fails-clean'
  | 'sync-fails-reverted'
  | 'sync-fails-dirty'
  /** A sync succeeds, persists nothing, and the next one throws. */
  | 'sync-late'
  /** A sync succeeds and persists nothing; the next one may. */
  | 'sync-lies'
  /** `syncNames` succeeds and persists nothing; the next one may. */
  | 'names-lie'
  /** The bytes of a write land a sector further. */
  | 'misdirected-write'
  /** A read gives the bytes of a sector before. */
  | 'misdirected-read'

/** What may happen to a disk between two runs. */
export type DecayFault =
  | 'bit-flip'
  | 'zeroed-sector'
  /** Two sectors of a file have changed places. */
  | 'swapped-sectors'
  /** Reading the sector throws, as long as it is not written. */
  | 'unreadable-sector'
  | 'lost-file'
  | 'cut-file'

/** A sync takes a minute of the virtual clock. Only where steps are scheduled. */
export type DelayFault = 'stall'

export type FaultKind = CallFault | DecayFault | DelayFault

/** In an order that tapes depend on. */
export const decayFaults: readonly DecayFault[] = [
  'bit-flip',
  'zeroed-sector',
  'swapped-sectors',
  'unreadable-sector',
  'lost-file',
  'cut-file',
]

/** How much of a write or a reservation has landed when something goes wrong in it. */
export type Landed = 'none' | 'half' | 'all'

/** What happens in place of an operation. */
export type Happening =
  | { readonly kind: 'crash'; readonly landed: Landed }
  | { readonly kind: CallFault; readonly landed: Landed }

const syncs: readonly OperationKind[] = ['sync', 'writeDurable']
const landing: readonly OperationKind[] = ['write', 'writeDurable', 'reserve']
const looking: readonly OperationKind[] = ['list', 'open', 'size', 'read']

/** Which operations a fault can happen to. */
const reaches: Record<CallFault, (kind: OperationKind) => boolean> = {
  io: (kind) => !looking.includes(kind),
  'io-although-done': (kind) => !looking.includes(kind) && kind !== 'lock',
  'no-space': (kind) => ['create', 'resize', 'rename', ...landing].includes(kind),
  'too-many-files': (kind) => ['create', 'open', 'lock'].includes(kind),
  'read-error': (kind) => looking.includes(kind),
  'short-read': (kind) => kind === 'read',
  'wrong-count': (kind) => kind === 'read',
  'sync-fails-clean': (kind) => kind === 'sync',
  'sync-fails-reverted': (kind) => kind === 'sync',
  'sync-fails-dirty': (kind) => kind === 'sync',
  'sync-late': (kind) => kind === 'sync',
  'sync-lies': (kind) => syncs.includes(kind),
  'names-lie': (kind) => kind === 'syncNames',
  'misdirected-write': (kind) => kind === 'write' || kind === 'writeDurable',
  'misdirected-read': (kind) => kind === 'read',
}

/** Every kind of fault there is. */
export const faultKinds: readonly FaultKind[] = [...(Object.keys(reaches) as CallFault[]), ...decayFaults, 'stall']

/** Faults after which no log can keep its promises, only read nothing false. */
const betraying: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'sync-late',
  'sync-lies',
  'names-lie',
  'misdirected-write',
  'misdirected-read',
])

export function betrays(fault: FaultKind): boolean {
  return betraying.has(fault)
}

export function isDecay(fault: FaultKind): fault is DecayFault {
  return decayFaults.some((kind) => kind === fault)
}

function isCallFault(fault: FaultKind): fault is CallFault {
  return fault in reaches
}

/** A half-landed write differs from one that did not land only where there is more than one sector. */
function landings(operation: Operation): readonly Landed[] {
  if (!landing.includes(operation.kind)) return ['none']
  return operation.kind === 'writeDurable' ? ['none', 'all'] : ['none', 'half']
}

/**
 * Everything that may happen at an operation beside its taking effect, in an order that depends on nothing else:
 * crashes first. A tape names one by its place, from 1 on; 0 lets the operation be.
 */
export function happenings(operation: Operation, faults: readonly FaultKind[]): Happening[] {
  const all: Happening[] = landings(operation).map((landed) => ({ kind: 'crash', landed }))
  for (const kind of faults) {
    if (!isCallFault(kind) || !reaches[kind](operation.kind)) continue
    const partly = kind === 'io' || kind === 'no-space'
    for (const landed of partly ? landings(operation) : (['none'] as const)) all.push({ kind, landed })
  }
  return all
}
