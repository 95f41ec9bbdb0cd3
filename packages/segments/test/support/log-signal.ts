/** The listeners that a signal is given from now on and that are not taken back. Browsers do not tell. */
export function listenersOf(signal: AbortSignal): ReadonlySet<unknown> {
  const listeners = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (type: string, listener: () => void): void => {
    listeners.add(listener)
    add(type, listener)
  }
  signal.removeEventListener = (type: string, listener: () => void): void => {
    listeners.delete(listener)
    remove(type, listener)
  }
  return listeners
}
