import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openLog } from 'varve'
import { expect, it } from 'vitest'
import { onDisk, recordsOf } from '../import/support.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@varve/source', main]

/** Runs the command in a process of its own, and kills it when the directory has so many files. */
async function killed(line: readonly string[], directory: string, files: number): Promise<void> {
  const child = spawn(process.execPath, [...flags, ...line], { stdio: 'ignore' })
  const look = setInterval(() => {
    if (existsSync(directory) && readdirSync(directory).length >= files) child.kill('SIGKILL')
  }, 1)
  const signal = await new Promise((resolve) => child.once('exit', (_, by) => { resolve(by) }))
  clearInterval(look)
  expect(signal).toBe('SIGKILL')
}

it('a copy and an import that are killed anywhere go on, and have everything once', async () => {
  const root = temporaryDirectory()
  const [source, target, lines] = [join(root, 'source'), join(root, 'target'), join(root, 'lines')]
  const log = await openLog(source, { durability: 'async', segmentBytes: 1 << 20 })
  for (let n = 0; n < 4000; n += 1) await log.append(new Uint8Array(4000).fill(n))
  await log.close()
  const records = await recordsOf(source)

  for (const files of [2, 6, 11]) await killed(['copy', source, target], target, files)
  expect((await onDisk(['copy', source, target])).code).toBe(0)
  expect(await recordsOf(target)).toEqual(records)

  await onDisk(['export', source, '-o', lines])
  const imported = join(root, 'imported')
  const line = ['import', '--from', 'ndjson', '--fields', lines, imported, '--resume', '--segment-bytes', '1048576']
  for (const files of [2, 6, 11]) await killed(line, imported, files)

  expect((await onDisk(line)).code).toBe(0)
  expect((await recordsOf(imported)).map(({ payload }) => payload)).toEqual(records.map(({ payload }) => payload))
}, 120_000)
