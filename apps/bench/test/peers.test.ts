import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadPeers, sources } from '../src/peers/load.ts'
import type { OpenPeer } from '../src/peers/peer.ts'

const { peers, missing } = await loadPeers()

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
    expect(missing).toEqual([])
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
  it('is reported, and the others are loaded', async () => {
    const there = peers[0]!
    const loaded = await loadPeers({
      gone: () => Promise.reject(new Error('no binary for this platform\nand a long story')),
      there: () => Promise.resolve(there),
    })
    expect(loaded).toEqual({ peers: [there], missing: [{ name: 'gone', reason: 'no binary for this platform' }] })
  })
})
