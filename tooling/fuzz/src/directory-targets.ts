import { encodeArchive } from './archive.ts'
import { accident, forgery } from './directory-changes.ts'
import { runDirectory } from './directory.ts'
import { logImages } from './images.ts'
import type { FuzzTarget } from './target.ts'

const seeds = async (): Promise<readonly Uint8Array[]> => (await logImages()).map(encodeArchive)

export const directoryReplayTarget: FuzzTarget = {
  name: 'directory-replay',
  law: 'an open ends in records of the history, contiguous from the floor, on which one can go on; or in an error',
  seeds,
  change: accident,
  run: (bytes) => runDirectory(bytes, 'honest'),
}

export const directoryForgedTarget: FuzzTarget = {
  name: 'directory-forged',
  law: 'frames and headers that lie with right checksums are survived, and what was shown once stays',
  seeds,
  change: forgery,
  run: (bytes) => runDirectory(bytes, 'forged'),
}
