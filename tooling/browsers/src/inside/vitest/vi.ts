import { fn, restoreAllMocks, spyOn } from '@vitest/spy'

const stubbed = new Map<PropertyKey, PropertyDescriptor | undefined>()

function stubGlobal(name: PropertyKey, value: unknown): void {
  if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name))
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true })
}

function unstubAllGlobals(): void {
  for (const [name, before] of stubbed) {
    if (before === undefined) Reflect.deleteProperty(globalThis, name)
    else Object.defineProperty(globalThis, name, before)
  }
  stubbed.clear()
}

/** Modules cannot be mocked here: files that do are left out. */
export const vi = { fn, restoreAllMocks, spyOn, stubGlobal, unstubAllGlobals }
