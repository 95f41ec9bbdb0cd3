import { inFile, mutant, type Mutant } from '../mutant.ts'

const openLog = 'segments/src/recover/open-log.ts'
const handOver = 'segments/src/recover/hand-over.ts'
const resume = 'segments/src/recover/resume.ts'

const resumes = 'if (replica === undefined && report.cleanShutdown && canResume(last, settings.commitAlignment)) {\n'
const usualResume = '    const writer = yield* resume(storage, last, settings)\n'
const birthImport = "import { giveBirth, randomId, type Born, type Lineage } from '../write/birth.ts'\n"
const frameWriterImport = "import { FrameWriter } from '../write/frame-writer.ts'\n"

/** How a log goes on behind what it finds. */
export const recoveries: readonly Mutant[] = [
  mutant({
    name: 'appends-behind-torn-tail',
    hazard: 'a torn tail is not neutralised: appending goes on in place behind it',
    edits: inFile(
      openLog,
      [birthImport, birthImport + frameWriterImport],
      [
        resumes + usualResume,
        'if (replica === undefined && row.verdict !== "corrupt" && last.facts.lastControl !== 1) {\n' +
          '    const file = yield* io("open", () => storage.open(newest.name, "existing"))\n' +
          '    yield* io("sync", () => file.sync())\n' +
          '    const { end } = last.contents\n' +
          '    const place = { position: end, durableEnd: end, size: last.fileEnd, growth: "reserved" }\n' +
          '    const start = { ...last.contents, ...place }\n' +
          '    const writer = new FrameWriter(file, newest.name, newest.header, start)\n',
      ],
    ),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'zeroes-torn-tail-in-place',
    hazard: 'a torn tail is zeroed in place, which a crash or a failing sync undoes',
    edits: inFile(
      openLog,
      [birthImport, birthImport + frameWriterImport],
      [
        resumes + usualResume,
        'if (replica === undefined && row.verdict !== "corrupt" && last.facts.lastControl !== 1) {\n' +
          '    const file = yield* io("open", () => storage.open(newest.name, "existing"))\n' +
          '    const { end } = last.contents\n' +
          '    try {\n' +
          '      const zeros = new Uint8Array(last.fileEnd - end)\n' +
          '      if (zeros.length > 0) yield* io("zero", () => file.write(zeros, end))\n' +
          '      yield* io("sync", () => file.sync())\n' +
          '    } catch (error) {\n' +
          '      yield* io("close", () => file.close())\n' +
          '      throw error\n' +
          '    }\n' +
          '    const place = { position: end, durableEnd: end, size: last.fileEnd, growth: "reserved" }\n' +
          '    const start = { ...last.contents, ...place }\n' +
          '    const writer = new FrameWriter(file, newest.name, newest.header, start)\n',
      ],
    ),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'resume-believes-close-in-cache',
    hazard: 'a CLOSE that only the cache has is taken for durable',
    edits: inFile(
      resume,
      ['    yield* writer.writeRaw(bytes, closeOffset)\n', ''],
    ),
    killedBy: ['faults-then-work'],
  }),
  mutant({
    name: 'resume-skips-sync',
    hazard: 'appending goes on behind a CLOSE that was written again and not synced',
    edits: inFile(
      resume,
      ['    yield* writer.syncFile()\n', '    writer.durableEnd = writer.position\n'],
    ),
    killedBy: ['faults-then-work'],
  }),
  mutant({
    name: 'hand-over-trusts-new-sync',
    hazard: 'the unproven tail is exposed after a new sync of the old file, which may write nothing',
    edits: inFile(handOver, [
      'readContents(file, surveyed, facts.durableEnd, kernel, runtime),',
      'readContents(file, surveyed, facts.validEnd, kernel, runtime),',
    ]),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'hand-over-believes-seal',
    hazard: 'a SEAL that only the cache has is taken for durable',
    edits: inFile(handOver, [
      'readContents(file, surveyed, facts.durableEnd, kernel',
      'readContents(file, surveyed, facts.lastControl === 1 ? facts.validEnd : facts.durableEnd, kernel',
    ]),
    killedBy: ['sparse-faults-rotation'],
    states: 8_000,
  }),
  mutant({
    name: 'hand-over-cuts-too-early',
    hazard: 'durable records behind the cut are given up',
    edits: inFile(handOver, [
      '    cut: proven.end,\n    capacity,',
      '    cut: Math.max(header.bornEnd, proven.end - 72),\n    capacity,',
    ]),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'discarded-segment-recycled',
    hazard: 'a segment of which nothing is left is used again under its own index before anything replaces it',
    edits: [
      ...inFile(
        handOver,
        [
          '  const born = yield* giveBirth(lineage, {\n    index: surveyed.index + 1,\n',
          '  const recycled = facts.validEnd === settings.blockBytes\n' +
            '  const spare = "spare-ffffffff.varve"\n' +
            '  if (recycled) yield* io("recycle", () => storage.rename(name, spare))\n' +
            '  const file = recycled ? yield* io("open", () => storage.open(spare, "existing")) : undefined\n' +
            '  const born = yield* giveBirth(lineage, {\n' +
            '    index: recycled ? surveyed.index : surveyed.index + 1,\n',
        ],
        ['    cut: proven.end,\n    capacity,', '    cut: recycled ? header.cut : proven.end,\n    capacity,'],
        [
          '      yield* reading(storage, name, (file) =>\n',
          '      if (!recycled) yield* reading(storage, name, (file) =>\n',
        ],
        ['    },\n  })\n  const old =', '    },\n  }, file && { name: spare, file, size: 0 })\n  const old ='],
      ),
      ...inFile(
        openLog,
        [
          'const releaseNotes = yield* release(lineage, old, cut)',
          'const releaseNotes = old.name === born.name ? [] : yield* release(lineage, old, cut)',
        ],
        [
          'closed: [...closed, old], state, standsAlone: true, report: finished }',
          'closed: old.name === born.name ? closed : [...closed, old], state, standsAlone: true, report: finished }',
        ],
      ),
    ],
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'rest-released-too-early',
    hazard: 'the rest of the old segment is released before the new one holds it',
    edits: inFile(openLog, [
      '  const { old, born, index, cut, carriedRecords } = yield* handOver(',
      '  if (last.fileEnd > last.facts.durableEnd) {\n' +
        '    const bytes = yield* io("open", () => storage.open(newest.name, "existing"))\n' +
        '    const copy = new Uint8Array(last.fileEnd - last.facts.durableEnd)\n' +
        '    yield* io("read", () => bytes.read(copy, last.facts.durableEnd))\n' +
        '    yield* io("cut", () => bytes.resize(last.facts.durableEnd))\n' +
        '    yield* io("sync", () => bytes.sync())\n' +
        '    yield* io("write", () => bytes.write(copy, last.facts.durableEnd))\n' +
        '    yield* io("close", () => bytes.close())\n' +
        '  }\n' +
        '  const { old, born, index, cut, carriedRecords } = yield* handOver(',
    ]),
    killedBy: ['sparse-faults-async'],
  }),
  mutant({
    name: 'open-skips-name-sync',
    hazard: 'names that only the cache has are trusted at open',
    edits: inFile(openLog, ["  yield* io('make the names durable', () => storage.syncNames())\n", '']),
    killedBy: ['sparse-rotation'],
    states: 20_000,
  }),
  mutant({
    name: 'spares-left-behind',
    hazard: 'spares of an earlier process are left where new ones are to be made',
    edits: inFile(openLog, [
      '  yield* removeAll(settings, found.files.spares)\n  const belowFloor',
      '  const belowFloor',
    ]),
    killedBy: ['faults-then-work'],
  }),
  mutant({
    name: 'young-names-trusted',
    hazard: 'where names are eventual, a segment is given up for the young name of its successor',
    edits: inFile(openLog, [
      'at >= count || (isEventual && (segments[at + 1]?.header.cut ?? 0) > 0)',
      'at >= count || (isEventual && count < 0)',
    ]),
    killedBy: ['swarm-plain-sync-opfs-chromium'],
    states: 30_000,
  }),
]
