import { damages, fixedAsynchronousRuntime, type DamageCode } from '@varve/damage'
import { memoryStorage } from '@varve/storage-memory'
import { expect, it } from 'vitest'
import { varve } from './support/terminal.ts'

it.each(Object.keys(damages) as DamageCode[])('%s', async (code) => {
  const snapshot = damages[code]()
  const { out } = await varve(['verify', 'd', '--json'], { storage: () => memoryStorage({ snapshot }), runtime: fixedAsynchronousRuntime() })
  const { findings } = JSON.parse(out) as { findings: { code: string }[] }
  expect(findings.map((each) => each.code)).toContain(code)
})
