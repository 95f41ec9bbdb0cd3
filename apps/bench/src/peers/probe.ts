// Tries a peer in an empty directory, in a process of its own: a binary that does not fit may end it. Its arguments are
// the name of the peer and the directory.
import { sources } from './sources.ts'

async function tryPeer(name: string, directory: string): Promise<void> {
  const peer = await sources[name]?.()
  if (peer === undefined) throw new Error(`there is no peer '${name}'`)
  const payload = new Uint8Array(16).fill(7)
  const open = await peer.open(directory)
  await open.append(payload)
  await open.appendGroup([payload, payload])
  let seen = 0
  await open.scan(() => { seen += 1 })
  await open.close()
  if (seen !== 3) throw new Error(`${seen} of 3 records came back`)
}

try {
  const [, , name = '', directory = ''] = process.argv
  await tryPeer(name, directory)
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
