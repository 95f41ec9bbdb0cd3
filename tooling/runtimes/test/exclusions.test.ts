import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { exclusions } from '../src/exclusions.ts'
import { root } from '../src/paths.ts'
import { startedScripts, testFiles } from '../src/test-files.ts'

it('no test file is left out but those that are named here, and each of them exists', () => {
  const names = Object.keys(exclusions)
  expect(names).toEqual([
    'packages/varve/test/browser.test.ts',
    'packages/segments/test/properties/recovery-memory.test.ts',
  ])
  for (const name of names) expect(existsSync(join(root, name))).toBe(true)
})

it('test files and the scripts that they start are found', () => {
  expect(testFiles().length).toBeGreaterThan(170)
  expect(startedScripts()).toEqual(expect.arrayContaining([
    'packages/storage-node/test/support/locker.ts',
    'packages/varve/test/support/writer.ts',
    'apps/torture/src/real/writer.ts',
  ]))
})
