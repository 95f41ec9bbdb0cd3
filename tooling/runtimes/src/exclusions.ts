/** Test files that cannot run without vitest, each with the reason. `test/exclusions.test.ts` keeps the list short. */
export const exclusions: Readonly<Record<string, string>> = {
  'packages/segments/test/properties/recovery-memory.test.ts': 'replaces a module (vi.mock), which only vitest can do',
}
