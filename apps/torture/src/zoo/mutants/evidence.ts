import { inFile, mutant, type Mutant } from '../mutant.ts'

const table = 'segments/src/recover/table.ts'
const tail = 'segments/src/recover/tail.ts'
const sealed = 'segments/src/recover/sealed.ts'
const survey = 'segments/src/recover/survey.ts'
const openLog = 'segments/src/recover/open-log.ts'
const kernel = 'codec/src/portable-kernel.ts'
/** A SEAL that agrees with whatever comes next. */
const invented =
  '{ records: 0, lastSequence: next.firstSequence - 1, lastTimestamp: next.header.lastTimestamp, endOffset,' +
  ' chain: next.header.chain, floor: 1, checkpoints: new Uint8Array(0), index: [] }'
const scanImport = "import { searchTail } from './tail.ts'\n"

/** What tells damage from a torn tail. */
export const evidence: readonly Mutant[] = [
  mutant({
    name: 'damage-taken-for-torn',
    hazard: 'damage below a proven durable end is discarded as a torn tail',
    edits: inFile(table, ['holds: (facts) => facts.validEnd < facts.durableEnd,', 'holds: () => false,']),
    killedBy: ['decay-killed'],
  }),
  mutant({
    name: 'evidence-behind-ignored',
    hazard: 'frame headers behind the bad place prove nothing',
    edits: inFile(tail, ['      durableEnd = Math.max(durableEnd, fields.durableEnd)\n', '']),
    killedBy: ['decay-killed'],
  }),
  mutant({
    name: 'durable-end-never-written',
    hazard: 'frames claim no durable end',
    edits: inFile(kernel, ['durableEnd / 8, true)', '0 * durableEnd, true)']),
    killedBy: ['decay-killed'],
  }),
  mutant({
    name: 'tail-ends-at-zero-word',
    hazard: 'what follows a word of zeros is not looked at',
    edits: inFile(tail, [
      'firstNonZeroIn(memory, filled) === -1',
      'firstNonZeroIn(memory, Math.min(filled, 8)) === -1',
    ]),
    killedBy: ['decay-killed'],
  }),
  mutant({
    name: 'no-mark',
    hazard: 'nothing is written that proves the last commit durable',
    edits: inFile('segments/src/write/frame-writer.ts', [
      'return hasRoom && this.durableEnd === this.position && this.#claimedEnd',
      'return !hasRoom && this.#claimedEnd',
    ]),
    killedBy: ['decay-killed'],
  }),
  mutant({
    name: 'gap-not-noticed',
    hazard: 'a segment that is missing between two others is not noticed',
    edits: inFile(survey, [
      '  if (segment.index !== before.index + 1) {\n',
      '  if (segment.index === before.index) {\n',
    ]),
    killedBy: ['planted'],
  }),
  mutant({
    name: 'seal-not-checked',
    hazard: 'what a SEAL says is not held against the next segment',
    edits: inFile(sealed, [
      "    if (!goesOn(seal, next)) throw atStake(segment, next, 'sealed.chain', seal.endOffset)\n",
      '',
    ]),
    killedBy: ['planted'],
  }),
  mutant({
    name: 'chain-not-checked',
    hazard: 'the chain of a segment and that of the next one need not agree',
    edits: inFile('segments/src/recover/closed-scan.ts', [
      '    end.lastTimestamp === header.lastTimestamp &&\n    sameWord(end.chain, header.chain)\n',
      '    end.lastTimestamp === header.lastTimestamp\n',
    ]),
    killedBy: ['planted'],
  }),
  mutant({
    name: 'seal-may-be-missing',
    hazard: 'a segment without its SEAL ends wherever its frames stop verifying',
    edits: inFile(sealed, [
      '  if (seal === undefined) {\n',
      `  if (seal === undefined) {\n    const endOffset = state.position\n    return ${invented}\n`,
    ]),
    killedBy: ['planted'],
  }),
  mutant({
    name: 'missing-first-segment',
    hazard: 'a log whose first segments are missing begins later',
    edits: inFile(openLog, [
      '  if (oldest.index > 1 && oldest.firstSequence > state.floor) {',
      '  if (oldest.index < 1) {',
    ]),
    killedBy: ['decay-rotated'],
  }),
  mutant({
    name: 'header-not-checked',
    hazard: 'a file header is believed without its checksum',
    edits: inFile('codec/src/file-header-decode.ts', [
      'if (stored.low !== sum[0] || stored.high !== sum[1]) return',
      'if (bytes.length === 0) return',
    ]),
    killedBy: ['decay-killed'],
  }),
  mutant({
    name: 'damage-in-the-middle-skipped',
    hazard: 'a reader goes on behind damage in a closed segment',
    edits: inFile('segments/src/read/cursor.ts', [
      '    if (state.position < state.limit) throw this.#damage(segment, reader)\n',
      "    if (state.position < state.limit && segment.state === 'active') throw this.#damage(segment, reader)\n" +
        '    if (state.position < state.limit) this.#next = segment.lastSequence + 1\n',
    ]),
    killedBy: ['decay-rotated'],
  }),
  mutant({
    name: 'trailer-as-evidence',
    hazard: 'a trailer that may have landed before everything else is taken for a proof that the rest is durable',
    edits: inFile(
      'segments/src/recover/last-segment.ts',
      [scanImport, `${scanImport}import { decodeTrailer } from '../format/trailer.ts'\n`],
      [
        '    const claimed = Math.max(',
        '    const trailer = new Uint8Array(64)\n' +
          '    yield* io(`read ${name}`, () => file.read(trailer, header.capacity - 64))\n' +
          '    const sealOffset = decodeTrailer(trailer, header.salt)?.sealOffset ?? 0\n' +
          '    const claimed = Math.max(',
      ],
      ['scan.durableEnd, tail.durableEnd)\n', 'scan.durableEnd, tail.durableEnd, sealOffset)\n'],
    ),
    killedBy: ['sparse-rotation-async'],
    states: 6_000,
  }),
  mutant({
    name: 'short-read-is-the-end',
    hazard: 'a short read is taken for the end of the log',
    edits: inFile('segments/src/read/read-bytes.ts', [
      '  while (filled < target.length) {\n',
      '  while (filled < 0) {\n',
    ]),
    killedBy: ['swarm-plain-sync-strict-posix'],
    states: 10_000,
  }),
  mutant({
    name: 'nonsense-count-believed',
    hazard: 'a count of bytes read that cannot be is believed',
    edits: inFile('segments/src/read/read-bytes.ts', [
      '  if (Number.isInteger(read) && read >= 0 && read <= target.length) return read\n',
      '  if (read >= 0) return read\n',
    ]),
    killedBy: ['swarm-plain-sync-opfs-firefox'],
    states: 10_000,
  }),
]
