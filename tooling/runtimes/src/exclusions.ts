/** Test files that cannot run without vitest, each with the reason. `test/exclusions.test.ts` keeps the list short. */
export const exclusions: Readonly<Record<string, string>> = {
  'packages/varve/test/browser.test.ts': 'replaces modules (vi.doMock), and what it tests is for browsers',
  'packages/segments/test/properties/recovery-memory.test.ts': 'replaces a module (vi.mock), which only vitest can do',
}
