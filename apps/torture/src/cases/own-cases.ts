import { checkpointDecay, playCheckpointDecay, runCheckpointDecay } from '../zoo/checkpoint-decay-case.ts'
import { decayCases, playDecayCase, runDecayCase } from '../zoo/decay-case.ts'
import { lockCases, playLockCase, runLockCase } from '../zoo/lock-case.ts'
import { runForks } from '../planted/forks.ts'
import type { Engine, TortureCase } from './case.ts'
import { caseOf } from './make-case.ts'

/** Cases that play no processes of the simulation: they bring their own way of looking. */
type Own = Pick<TortureCase, 'name' | 'looksFor' | 'storage'> & Pick<Extract<Engine, { kind: 'own' }>, 'run' | 'play'>

function ownCase({ name, looksFor, storage, run, play }: Own): TortureCase {
  return {
    ...caseOf({ name, looksFor, steps: [], plan: [], engine: { kind: 'own', run, play } }),
    storage,
    profile: 'none',
  }
}

export const ownCases: readonly TortureCase[] = [
  ownCase({
    name: 'forked-source',
    looksFor: 'a copy that goes on with the bytes of another history, or loses what it had',
    storage: 'planted',
    run: () => runForks(),
    play: (tape) => runForks(tape).failure?.violation,
  }),
  ...lockCases.map((each) =>
    ownCase({
      ...each,
      storage: 'lock-files',
      run: (goesOn) => runLockCase(each, { goesOn }),
      play: (tape) => playLockCase(each, tape),
    }),
  ),
  ...decayCases.map((each) =>
    ownCase({
      ...each,
      storage: 'planted',
      run: (goesOn) => runDecayCase(each, { goesOn }),
      play: (tape) => playDecayCase(each, tape),
    }),
  ),
  ownCase({ ...checkpointDecay, storage: 'planted', run: runCheckpointDecay, play: playCheckpointDecay }),
]
