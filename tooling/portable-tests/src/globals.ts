const stubbed = new Map<PropertyKey, PropertyDescriptor | undefined>()

/** Puts `value` in the place of a global until {@link unstubAllGlobals}. */
export function stubGlobal(name: PropertyKey, value: unknown): void {
  if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name))
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true })
}

export function unstubAllGlobals(): void {
  for (const [name, before] of stubbed) {
    if (before === undefined) Reflect.deleteProperty(globalThis, name)
    else Object.defineProperty(globalThis, name, before)
  }
  stubbed.clear()
}
