import { VarveError } from '@varve/codec'
import type { Procedure, StorageLock } from '@varve/storage'
import { describeThisProcess, judge, nameOf, type Holder, type Judgement } from './holder.ts'
import { formatHolder, generationMax, generationOf, lockFileName, markReleased, readLockFile } from './lock-file.ts'
import { publishExclusively, sweep, type Press } from './publish.ts'
import type { NodeSystem } from './system.ts'

/** What taking the lock takes. */
export interface LockWorld extends Press {
  readonly system: NodeSystem
  /** What to assume of a holder that cannot be seen from here. */
  readonly unknownHolder: 'locked' | 'dead'
}

/** How long a lock file without a holder may be one that is just being written, in milliseconds. */
const takingMs = 10_000

/** Every attempt but the last was overtaken by another process that then let go. */
const attemptsMax = 100

/**
 * Takes the lock: creates `lock-<generation>` at one above the highest, if the highest one's holder is dead or has
 * released it. Creation is exclusive, so of all who find the same holder dead one wins. The highest file is never
 * removed, so the generation never goes back.
 *
 * @throws VarveError `LOCKED` with the holder in its context.
 */
export function* takeLock(world: LockWorld): Procedure<StorageLock> {
  const { fs, directory, system } = world
  directory.ensure()
  const here = describeThisProcess(fs, system)
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const before = highestGeneration(world)
    if (before > 0 && !mayFollow(world, before, here)) continue
    const generation = before + 1
    if (generation > generationMax) throw exhausted(directory.path)
    try {
      if (!(yield* claim(world, before, here))) continue
      sweepOlder(world, generation)
    } catch (error) {
      withdraw(world, lockFileName(generation), here)
      throw error
    }
    return hold(world, here, generation)
  }
  throw locked(world, 'other processes', 'they take the lock all the time: try again, or open read-only', '')
}

/** Creates the file of the generation after `before` and makes it durable. False when somebody else was faster. */
function* claim(world: LockWorld, before: number, here: Holder): Procedure<boolean> {
  const name = lockFileName(before + 1)
  const created = yield* publishExclusively(world, name, `${name}-${here.token}.tmp`, formatHolder(here))
  if (!created && !isOurs(world, name, here)) return false
  if (!follows(world, before)) {
    // Not removed: it may be the highest by now.
    markReleased(world.fs, world.directory, name)
    return false
  }
  yield* world.directory.syncNames()
  return true
}

/** Gives up a claim that failed, or this process would lock itself out until it ends. */
function withdraw(world: LockWorld, name: string, here: Holder): void {
  try {
    if (isOurs(world, name, here)) markReleased(world.fs, world.directory, name)
  } catch {
    // The failure of the claim is the one to report.
  }
}

function highestGeneration({ directory }: LockWorld): number {
  return Math.max(0, ...directory.lockFiles().map(generationOf))
}

/** Whether the holder of `generation` is gone. False: so is the file, look again. Throws `LOCKED` when it is not. */
function mayFollow(world: LockWorld, generation: number, here: Holder): boolean {
  const { fs, directory, system } = world
  const name = lockFileName(generation)
  const found = readLockFile(fs, directory, name, system.nowMs())
  if (found === undefined) return false
  const { text, ageMs } = found
  switch (text.state) {
    case 'released':
      return true
    case 'partial':
      if (ageMs > takingMs) return true
      throw locked(world, 'another process', 'it is being taken right now: try again in a few seconds', name)
    case 'foreign':
      return mayFollowUnknown(world, name, 'a holder that this version cannot read', 'upgrade')
    case 'held': {
      const judgement = judge(text.holder, here, fs, system)
      if (judgement.life === 'dead') return true
      const holder = nameOf(text.holder)
      if (judgement.life === 'alive') throw locked(world, holder, whatToDo(text.holder, here), name)
      return mayFollowUnknown(world, name, holder, cannotSee(judgement))
    }
  }
}

function whatToDo(holder: Holder, here: Holder): string {
  const mine = holder.pid === here.pid && holder.namespace === here.namespace
  if (mine) return 'that is this process itself, perhaps another thread of it: close it first'
  return 'close it there, or open read-only'
}

function cannotSee({ because }: Judgement): string {
  return `${because}, so whether it still runs cannot be seen from here: close it there, or open read-only`
}

function mayFollowUnknown(world: LockWorld, name: string, holder: string, advice: string): true {
  if (world.unknownHolder === 'dead') return true
  const path = world.directory.resolve(name)
  const force =
    `If you know that it is gone, run: echo released > ${JSON.stringify(path)} ` +
    '(never remove that file: it carries the generation of the writers)'
  throw locked(world, holder, `${advice}. ${force}`, name)
}

/** Whether this attempt made the file in its way: network file systems report a success as a failure at times. */
function isOurs({ fs, directory, system }: LockWorld, name: string, here: Holder): boolean {
  const text = readLockFile(fs, directory, name, system.nowMs())?.text
  return text?.state === 'held' && text.holder.token === here.token
}

/**
 * Whether the lock just created is the one after `before`. While this process was looking, others may have come, gone
 * and been swept up: then the predecessor was swept before them, or a higher one is there.
 */
function follows(world: LockWorld, before: number): boolean {
  const files = world.directory.lockFiles()
  const present = before === 0 || files.includes(lockFileName(before))
  return present && files.every((name) => generationOf(name) <= before + 1)
}

/** Removes the files of earlier holders, lowest first, and drafts of those that died. Not before ours is durable. */
function sweepOlder(world: LockWorld, generation: number): void {
  const ours = /^lock-[0-9a-f]{8}(-.*\.tmp)?$/
  const older = world.directory.lockFiles().filter((name) => ours.test(name) && generationOf(name) < generation)
  for (const name of [...older].sort()) sweep(world, name)
}

function hold(world: LockWorld, here: Holder, generation: number): StorageLock {
  let released = false
  return {
    holder: nameOf(here),
    generation,
    release: () => {
      if (released) return
      markReleased(world.fs, world.directory, lockFileName(generation))
      released = true
    },
  }
}

function locked(world: LockWorld, holder: string, advice: string, file: string): VarveError {
  const { path } = world.directory
  const context = { operation: 'lock', holder, file, directory: path }
  return new VarveError('LOCKED', `${holder} writes to ${path}: ${advice}`, context)
}

function exhausted(path: string): VarveError {
  const message = `${path} has had ${generationMax} writers, and no number is left: copy the log to a new directory`
  return new VarveError('UNSUPPORTED', message, { directory: path })
}
