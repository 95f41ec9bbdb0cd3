/** The parts of a browser that the playground stands on. */
export interface Surroundings {
  readonly isSecureContext?: boolean
  readonly location?: { readonly protocol: string }
  readonly Worker?: unknown
  readonly BroadcastChannel?: unknown
  readonly navigator?: { readonly locks?: unknown; readonly storage?: { readonly getDirectory?: unknown } }
}

/** What is missing here, in words; empty where everything is there. */
export function lacksOf(surroundings: Surroundings): readonly string[] {
  const { isSecureContext, location, Worker, BroadcastChannel, navigator } = surroundings
  const lacks: string[] = []
  if (location?.protocol === 'file:') lacks.push('a server: a page that was opened as a file has no storage of its own')
  else if (isSecureContext !== true) lacks.push('a secure context: https, or http on localhost')
  if (Worker === undefined) lacks.push('workers: only a worker can write the files of the log')
  if (navigator?.storage?.getDirectory === undefined) lacks.push('the origin-private file system (OPFS)')
  if (navigator?.locks === undefined) lacks.push('Web Locks, which keep a second tab from writing')
  if (BroadcastChannel === undefined) lacks.push('BroadcastChannel, over which tabs share a log')
  return lacks
}
