import { createKernel } from '@varve/codec'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { kernelCalls } from '../../src/counted/kernel-calls.ts'

it('are counted while they are looked at, and then no more', async () => {
  const prototype = Object.getPrototypeOf(createKernel(64)) as Readonly<Record<string, unknown>>
  const methods = ['stage', 'seal', 'scan', 'probe'].map((name) => prototype[name])
  const directory = mkdtempSync(join(tmpdir(), 'varve-kernel-calls-'))
  const counts = await kernelCalls[0]?.count(directory)
  rmSync(directory, { recursive: true })
  expect(counts?.stage).toBeGreaterThanOrEqual(1024)
  expect(['stage', 'seal', 'scan', 'probe'].map((name) => prototype[name])).toEqual(methods)
})
