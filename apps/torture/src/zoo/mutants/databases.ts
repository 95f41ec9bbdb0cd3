import { inFile, mutant, type Mutant } from '../mutant.ts'

const database = 'apps/kv/src/database.ts'

const acknowledged = '    await append\n'
const shown = '    this.#shown = version\n'

/** Bugs of what is built on a log, and not of the log. */
export const databases: readonly Mutant[] = [
  mutant({
    name: 'database-shows-early',
    hazard: 'a database shows what is not acknowledged yet, and loses it',
    edits: inFile(database, [shown, ''], [acknowledged, shown + acknowledged]),
    killedBy: ['database-short'],
  }),
  mutant({
    name: 'database-checkpoint-numbered-too-high',
    hazard: 'a checkpoint is believed to hold transactions that came while it was written',
    edits: inFile(database, ['encodeEntries(entries), { sequence })', 'encodeEntries(entries))']),
    killedBy: ['database-interleaved'],
  }),
  mutant({
    name: 'database-builds-on-shown',
    hazard: 'a transaction does not see those before it that are on their way, and undoes them',
    edits: inFile(database, ['new Transaction(before.entries)', 'new Transaction(this.#shown.entries)']),
    killedBy: ['database-short'],
  }),
]
