import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childFlags } from '../runtime.ts'
import type { Peer } from './peer.ts'
import { sources, type PeerSources } from './sources.ts'

/** What was found, and why the others were not. */
export interface LoadedPeers {
  readonly peers: readonly Peer[]
  readonly missing: readonly MissingPeer[]
}

export interface MissingPeer {
  readonly name: string
  readonly reason: string
}

/** Resolves if a peer works here, and rejects with the reason if not. */
export type Probe = (name: string) => Promise<unknown>

/**
 * Everything that can be compared with here. Each is tried in a process of its own first: a binary made for another
 * runtime may load and end the process later.
 */
export async function loadPeers(from: PeerSources = sources, probe: Probe = probeApart): Promise<LoadedPeers> {
  const peers: Peer[] = []
  const missing: MissingPeer[] = []
  const probed = await Promise.allSettled(Object.keys(from).map(probe))
  for (const [at, [name, load]] of Object.entries(from).entries()) {
    try {
      const result = probed[at]
      if (result?.status === 'rejected') throw result.reason
      peers.push(await load())
    } catch (error) {
      missing.push({ name, reason: reasonOf(error) })
    }
  }
  return { peers, missing }
}

const script = fileURLToPath(new URL('./probe.ts', import.meta.url))

function probeApart(name: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'varve-bench-probe-'))
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...childFlags(), script, name, directory], (error, _, stderr) => {
      rmSync(directory, { recursive: true, force: true })
      if (error === null) resolve()
      else reject(new Error(stderr.trim() === '' ? error.message : stderr.trim()))
    })
  })
}

/** In a line: a crashing runtime says much, and draws lines around it. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const lines = text.split('\n').filter((line) => /[a-z]/i.test(line))
  return lines.find((line) => /error|panic/i.test(line)) ?? lines[0] ?? ''
}
