import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serve, type Served } from '../server/serve.ts'

const directory = mkdtempSync(join(tmpdir(), 'varve-serve-'))
let served: Served

beforeAll(async () => {
  writeFileSync(join(directory, 'index.html'), '<p>here')
  writeFileSync(join(directory, 'data.bin'), 'secret')
  served = await serve(directory, 0)
})

afterAll(() => {
  served.close()
  rmSync(directory, { recursive: true })
})

test('the directory is its page, isolated from other origins', async () => {
  const response = await fetch(served.origin)
  expect(await response.text()).toBe('<p>here')
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
})

test.each(['/missing.js', '/data.bin', '/assets/'])('%s is not there', async (path) => {
  expect((await fetch(served.origin + path)).status).toBe(404)
})

test('no path leads out of the directory', async () => {
  const status = await new Promise((resolve) => {
    get(served.origin, { path: '/../../../../etc/index.html' }, ({ statusCode }) => { resolve(statusCode) })
  })
  expect(status).toBe(404)
})
