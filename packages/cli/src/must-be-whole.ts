import { VarveError, type Log } from 'varve'

/**
 * For whoever has read a log that was opened with `readOnly` to its end: that end may be where damage begins, which the
 * open has found and reading does not tell. `to` is the last record that was wanted.
 *
 * @throws VarveError `CORRUPT`
 */
export function mustBeWhole({ recovery }: Pick<Log, 'recovery'>, to?: number): void {
  const [damage] = recovery.damage.filter(({ firstSequence = 0 }) => to === undefined || firstSequence <= to)
  if (damage === undefined) return
  const { file, position, evidence, firstSequence, lastSequence } = damage
  const context = { file, position, firstSequence, lastSequence }
  throw new VarveError('CORRUPT', `${file} at byte ${position}: ${evidence}; what is before it is intact`, context)
}
