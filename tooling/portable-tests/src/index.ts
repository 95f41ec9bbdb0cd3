// What test files get in the place of `vitest`. It imports nothing of a platform: it runs wherever they do.
import { addHook, type Body } from './registry.ts'

export { describe, it, it as test } from './define.ts'
export { expect } from './expect.ts'
export { onTestFinished } from './finishers.ts'
export { vi } from './vi.ts'

export function beforeAll(body: Body): void { addHook('beforeAll', body) }
export function beforeEach(body: Body): void { addHook('beforeEach', body) }
export function afterEach(body: Body): void { addHook('afterEach', body) }
export function afterAll(body: Body): void { addHook('afterAll', body) }

/** Types were checked by the compiler; when it runs, any chain of it means nothing. */
export function expectTypeOf(): object {
  // Whoever awaits it must not wait for ever.
  const get = (_: object, name: PropertyKey): unknown => (name === 'then' ? undefined : chain)
  const chain: object = new Proxy(() => chain, { get, apply: () => chain })
  return chain
}
