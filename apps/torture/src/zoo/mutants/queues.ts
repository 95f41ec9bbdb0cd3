import { inFile, mutant, type Mutant } from '../mutant.ts'

const admission = 'segments/src/write/admission.ts'
const staging = 'segments/src/write/staging.ts'
const writer = 'segments/src/write/writer.ts'

/** Who gets into a full queue, and when. */
export const queues: readonly Mutant[] = [
  mutant({
    name: 'queue-overtaken',
    hazard: 'a call that fits overtakes those that wait',
    edits: inFile(admission, [
      'return this.#places.size > 0 || this.#staging.isFull(bytes)',
      'return this.#staging.isFull(bytes)',
    ]),
    killedBy: ['crowd-wait-sync', 'crowd-wait-async'],
  }),
  mutant({
    name: 'queue-last-come-first-served',
    hazard: 'calls that wait get in in another order than they came',
    edits: inFile(admission, [
      'for (const place of this.#places) {\n      while',
      'for (const place of [...this.#places].reverse()) {\n      while',
    ]),
    killedBy: ['crowd-wait-sync', 'crowd-wait-async'],
  }),
  mutant({
    name: 'queue-without-bound',
    hazard: 'a full queue takes what comes',
    edits: inFile(staging, ['return this.queuedBytes > 0 && ', 'return this.queuedBytes < 0 && ']),
    killedBy: ['crowd-wait-sync', 'crowd-reject-sync'],
  }),
  mutant({
    name: 'queue-stages-aborted',
    hazard: 'a call that was given up is staged all the same',
    edits: inFile(admission, [
      '      if (!this.#places.has(place)) continue\n      this.#leave(place)\n',
      '      if (this.#places.has(place)) this.#leave(place)\n',
    ]),
    killedBy: ['crowd-wait-sync', 'crowd-wait-async'],
  }),
  mutant({
    name: 'queue-stages-overwritten',
    hazard: 'a payload that was changed while its call waited is written as it is then',
    edits: inFile('segments/src/write/intake.ts', ['      digest.check()\n', '']),
    killedBy: ['crowd-wait-sync', 'crowd-wait-async'],
  }),
  mutant({
    name: 'queue-fence-overtakes',
    hazard: 'sync() is over before calls that came earlier and wait',
    edits: inFile(writer, ['if (this.#admission.waitingCalls === 0) admit()', 'if (durably) admit()']),
    killedBy: ['crowd-wait-sync', 'crowd-wait-async'],
  }),
  mutant({
    name: 'queue-forgotten-at-close',
    hazard: 'close() leaves calls that wait outside for ever',
    edits: inFile(writer, ['    yield* this.#admission.drain()\n', '']),
    killedBy: ['crowd-wait-sync', 'crowd-wait-async'],
  }),
  mutant({
    name: 'queue-never-opened',
    hazard: 'those who wait do not hear that the queue was emptied',
    edits: inFile(staging, ['    this.room?.open()\n', '']),
    killedBy: ['crowd-wait-sync', 'crowd-wait-async'],
  }),
]
