import type { NodeFs } from './fs.ts'
import type { NodeSystem } from './system.ts'

/** A process that holds or held the lock, as it describes itself in the lock file. */
export interface Holder {
  readonly version: 1
  readonly pid: number
  /** When the process started, in the system's own unit; empty where it cannot be told. */
  readonly started: string
  /** Identifies this run of the machine's kernel; empty where it cannot be told. */
  readonly bootId: string
  /** About when the machine started, in seconds since 1970. */
  readonly bootTime: number
  /** Identifies the set of processes among which `pid` means something; empty where there is only one. */
  readonly namespace: string
  readonly host: string
  /** Unique for every attempt to take the lock. */
  readonly token: string
  /** When the lock was taken, for people. */
  readonly since: string
}

/** What could be found out about a holder. Only one that is dead for certain loses its lock. */
export interface Judgement {
  readonly life: 'dead' | 'alive' | 'unknown'
  readonly because: string
}

/** Describes this process. */
export function describeThisProcess(fs: NodeFs, system: NodeSystem): Holder {
  return {
    version: 1,
    pid: system.pid,
    started: startOf(fs, system, system.pid)?.time ?? '',
    bootId: quietly(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    bootTime: Math.round(system.nowMs() / 1000 - system.uptimeSeconds()),
    namespace: quietly(() => fs.readlinkSync('/proc/self/ns/pid')),
    host: system.hostname(),
    token: system.uniqueToken(),
    since: new Date(system.nowMs()).toISOString(),
  }
}

/** Names a holder in errors. */
export function nameOf(holder: Holder): string {
  return `process ${holder.pid} on ${holder.host} (since ${holder.since})`
}

/** Boot times computed at different moments differ by as much as the clock was set in between, in seconds. */
const clockSlackSeconds = 600

/** Finds out whether `holder` still runs, as seen by `here`. The first row that applies decides. */
export function judge(holder: Holder, here: Holder, fs: NodeFs, system: NodeSystem): Judgement {
  if (!sameBoot(holder, here)) {
    return holder.host === here.host
      ? { life: 'dead', because: 'the machine was restarted since' }
      : { life: 'unknown', because: 'it runs on another machine' }
  }
  if (holder.namespace !== here.namespace) {
    return { life: 'unknown', because: 'it runs in another container' }
  }
  if (!isThere(system, holder.pid)) return { life: 'dead', because: 'the process ended' }
  const start = holder.started === '' ? undefined : startOf(fs, system, holder.pid)
  if (start?.ended === true) return { life: 'dead', because: 'the process ended' }
  if (start !== undefined && start.time !== holder.started) {
    return { life: 'dead', because: 'the process ended and another one has its number' }
  }
  return { life: 'alive', because: 'the process is running' }
}

function sameBoot(holder: Holder, here: Holder): boolean {
  if (holder.bootId !== '' && here.bootId !== '') return holder.bootId === here.bootId
  return holder.host === here.host && Math.abs(holder.bootTime - here.bootTime) <= clockSlackSeconds
}

function isThere(system: NodeSystem, pid: number): boolean {
  try {
    system.probe(pid)
    return true
  } catch (error) {
    // EPERM and whatever else: somebody is there, or it cannot be told.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/**
 * When a process started and whether it has ended without having been waited for. Undefined where that cannot be told:
 * without /proc, or with the /proc of other processes than those that our process ids mean.
 */
function startOf(fs: NodeFs, system: NodeSystem, pid: number): { time: string; ended: boolean } | undefined {
  if (quietly(() => fs.readlinkSync('/proc/self')) !== String(system.pid)) return undefined
  const stat = quietly(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // The second field is a name in parentheses that may hold anything; the third is the state, the 22nd the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, time] = [fields[0], fields[19]]
  return state === undefined || time === undefined ? undefined : { time, ended: state === 'Z' || state === 'X' }
}

/** The text, or nothing where the system does not have it: what is empty is never taken for evidence. */
function quietly(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
