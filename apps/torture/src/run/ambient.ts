import { Violation } from '@varve/dst'

/** What a simulated run must not ask: the answer would be another one the next time. */
const forbidden = [
  [Date, 'now'],
  [Math, 'random'],
  [performance, 'now'],
  [crypto, 'getRandomValues'],
  [crypto, 'randomUUID'],
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [globalThis, 'queueMicrotask'],
] as const satisfies readonly (readonly [object, string])[]

/** Runs something with clock, chance and timers taken away: whoever asks for them is told, and the run fails. */
export async function withoutAmbient<T>(run: () => Promise<T>): Promise<T> {
  const saved = forbidden.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name))
  for (const [owner, name] of forbidden) {
    const value = (): never => { throw new Violation(`a simulated run called ${name}: it could not be played again`) }
    Object.defineProperty(owner, name, { value, configurable: true, writable: true })
  }
  try {
    return await run()
  } finally {
    forbidden.forEach(([owner, name], at) => {
      const before = saved[at]
      if (before === undefined) Reflect.deleteProperty(owner, name)
      else Object.defineProperty(owner, name, before)
    })
  }
}
