/** Every call of the storage contract that a log makes. */
export type OperationKind =
  | 'list'
  | 'create'
  | 'open'
  | 'size'
  | 'read'
  | 'write'
  | 'writeDurable'
  | 'sync'
  | 'resize'
  | 'reserve'
  | 'rename'
  | 'remove'
  | 'syncNames'
  | 'lock'

/** One call, before it happens. Offsets and sizes in bytes. */
export interface Operation {
  readonly kind: OperationKind
  /** The file; empty for calls that concern the directory. */
  readonly name: string
  /** The new name of a rename. */
  readonly to?: string
  readonly position?: number
  readonly size?: number
  /** The bytes of a write. Valid during the call. */
  readonly bytes?: Uint8Array<ArrayBuffer>
}

/** The calls after which something else is on the disk or in its cache. */
const changing: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'create',
  'write',
  'writeDurable',
  'sync',
  'resize',
  'reserve',
  'rename',
  'remove',
  'syncNames',
])

/** Whether a crash before this call and one before the next can differ. */
export function changes({ kind }: Operation): boolean {
  return changing.has(kind)
}

export function describeOperation({ kind, name, to, position, size, bytes }: Operation): string {
  const what = name === '' ? kind : `${kind} ${name}`
  if (to !== undefined) return `${what} to ${to}`
  if (bytes !== undefined && position !== undefined) return `${what} [${position}, ${position + bytes.length})`
  if (position !== undefined) return `${what} at ${position}`
  return size === undefined ? what : `${what} to ${size}`
}
