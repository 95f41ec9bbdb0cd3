import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadPeers } from '../src/peers/load.ts'
import type { OpenPeer } from '../src/peers/peer.ts'
import { sources } from '../src/peers/sources.ts'

const { peers, missing: missingHere } = await loadPeers()

function records(from: number, many: number): Uint8Array[] {
  return Array.from({ length: many }, (_, at) => new Uint8Array(10 + ((from + at) % 300)).fill(from + at))
}

async function contentsOf(peer: OpenPeer): Promise<string[]> {
  const found: string[] = []
  await peer.scan((payload) => found.push(Buffer.from(payload).toString('hex')))
  return found
}

describe('the peers of this platform', () => {
  it('can all be loaded', () => {
    expect(missingHere).toEqual([])
    expect(peers.map(({ name }) => name)).toEqual(Object.keys(sources))
  })

  it.each(peers)('$name gives back what it was given, in order, after it was opened again', async (peer) => {
    const directory = mkdtempSync(join(tmpdir(), 'varve-bench-peer-'))
    onTestFinished(() => { rmSync(directory, { recursive: true }) })
    const expected: Uint8Array[] = []
    for (let life = 0; life < 3; life += 1) {
      const open = await peer.open(directory)
      const [first, ...rest] = records(expected.length, 300) as [Uint8Array, ...Uint8Array[]]
      await open.append(first)
      await open.appendGroup(rest)
      expected.push(first, ...rest)
      await open.close()
    }
    const open = await peer.open(directory)
    expect(await contentsOf(open)).toEqual(expected.map((payload) => Buffer.from(payload).toString('hex')))
    await open.close()
  })
})

describe('a peer that is not there', () => {
  const there = peers[0]!
  const fine = (): Promise<void> => Promise.resolve()

  it('is reported, and the others are loaded', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('====\nno binary for this platform\nand more'))
    const loaded = await loadPeers({ gone, there: () => Promise.resolve(there) }, fine)
    expect(loaded).toEqual({ peers: [there], missing: [{ name: 'gone', reason: 'no binary for this platform' }] })
  })

  it('is not loaded where it was tried without success, in a process of its own', async () => {
    const load = (): Promise<never> => Promise.reject(new Error('this ends the process'))
    const loaded = await loadPeers({ 'no such peer': load })
    const missing = [{ name: 'no such peer', reason: "there is no peer 'no such peer'" }]
    expect(loaded).toEqual({ peers: [], missing })
  })
})
