import { inFile, mutant, type Mutant } from '../mutant.ts'

const lock = 'storage-node/src/lock.ts'
const publish = 'storage-node/src/publish.ts'

/** Two writers at once. */
export const locks: readonly Mutant[] = [
  mutant({
    name: 'lock-read-unlink-create',
    hazard: 'a lock taken by read, unlink, create: whoever comes between the first two is robbed',
    edits: inFile(
      lock,
      ['    const generation = before + 1\n', '    const generation = 1\n'],
      [
        '  const name = lockFileName(before + 1)\n',
        '  if (before > 0) sweep(world, lockFileName(before))\n  const name = lockFileName(1)\n',
      ],
      ['  if (!follows(world, before)) {\n', '  if (before < 0) {\n'],
    ),
    killedBy: ['lock'],
  }),
  mutant({
    name: 'lock-not-exclusive',
    hazard: 'a lock whose file is there already counts as created',
    edits: inFile(publish, [
      "    if (errno === 'EEXIST' || errno === 'ENOENT') return false\n",
      "    if (errno === 'EEXIST' || errno === 'ENOENT') return true\n",
    ]),
    killedBy: ['lock'],
  }),
  mutant({
    name: 'lock-reuses-generation',
    hazard: 'a generation that was given, released and swept meanwhile is given again',
    edits: inFile(lock, ['  if (!follows(world, before)) {\n', '  if (before < 0) {\n']),
    killedBy: ['lock'],
  }),
]
