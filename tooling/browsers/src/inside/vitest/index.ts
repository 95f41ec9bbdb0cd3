// What test files get when they import `vitest` in a browser.
import { addHook, type Body } from './registry.ts'

export { describe, it } from './define.ts'
export { expect } from './expect.ts'
export { onTestFinished } from './run.ts'
export { vi } from './vi.ts'

export function beforeAll(body: Body): void { addHook('beforeAll', body) }
export function beforeEach(body: Body): void { addHook('beforeEach', body) }
export function afterEach(body: Body): void { addHook('afterEach', body) }
export function afterAll(body: Body): void { addHook('afterAll', body) }

/** Types were checked by the compiler; when it runs, any chain of it means nothing. */
export function expectTypeOf(): object {
  const chain: object = new Proxy(() => chain, { get: () => chain, apply: () => chain })
  return chain
}
