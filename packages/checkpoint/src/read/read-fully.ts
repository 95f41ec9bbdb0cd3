import { VarveError } from '@varve/codec'
import { io, type LogFile, type Procedure } from '@varve/storage'

/**
 * Fills `target` from `position` on, all of which lies within the file.
 *
 * @throws VarveError `SHORT_READ` when the storage gives less; `IO` for a count that cannot be.
 */
export function* readFully(
  file: LogFile,
  name: string,
  target: Uint8Array<ArrayBuffer>,
  position: number,
): Procedure<void> {
  for (let filled = 0; filled < target.length; ) {
    const rest = target.subarray(filled)
    const at = position + filled
    const read = yield* io(`read ${name} at ${at}`, () => file.read(rest, at))
    if (!Number.isInteger(read) || read < 0 || read > rest.length) {
      const said = `the storage says that it read ${read} of ${rest.length} bytes of ${name} at ${at}`
      throw new VarveError('IO', `${said}; check the adapter`, { file: name, position: at })
    }
    if (read === 0) {
      const missing = `the storage gives nothing at byte ${at} of ${name}, which is larger`
      throw new VarveError('SHORT_READ', `${missing}; check the device`, { file: name, position: at })
    }
    filled += read
  }
}
