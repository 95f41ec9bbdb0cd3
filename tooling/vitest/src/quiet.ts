import { afterAll, afterEach, expect, vi } from 'vitest'

/** Libraries do not print, and a test that prints hides what matters: output to the console fails the test. */
let printed: string[] = []

for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
    printed.push(`console.${method}: ${args.map(String).join(' ')}`)
  })
}

function expectSilence(): void {
  const output = printed
  printed = []
  expect(output, 'a test printed to the console').toEqual([])
}

afterEach(expectSilence)
afterAll(expectSilence)
