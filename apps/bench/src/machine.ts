import { readFileSync, realpathSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import type { Machine } from './result.ts'

/** This machine, as far as it tells. `directory` is where the logs are going to be. */
export function describeMachine(directory: string, scale: string): Machine {
  const versions: Readonly<Record<string, string | undefined>> = process.versions
  const fileSystem = fileSystemOf(directory)
  const isSource = process.execArgv.some((flag) => flag.includes('@varve/source'))
  return {
    node: process.version,
    ...(versions.bun === undefined ? {} : { bun: versions.bun }),
    ...(versions.deno === undefined ? {} : { deno: versions.deno }),
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    loadAverage: loadavg()[0] ?? 0,
    ...(fileSystem === undefined ? {} : { fileSystem }),
    packages: isSource ? 'from source' : 'as built',
    scale,
  }
}

/** The machine in a line. */
export function machineLine(machine: Machine): string {
  const { node, bun, deno, platform, kernel, cpu, cpus: many, fileSystem, memoryBytes, packages, scale } = machine
  const runtime = bun !== undefined ? `Bun ${bun}` : deno !== undefined ? `Deno ${deno}` : `Node ${node}`
  const memory = `${(memoryBytes / 2 ** 30).toFixed(0)} GiB`
  const disk = fileSystem ?? 'unknown file system'
  return [runtime, `${platform} ${kernel}`, `${many} x ${cpu}`, memory, disk, packages, scale].join(', ')
}

/** What must be said of a machine that is busy with other things: undefined where it is not. */
export function busyNote({ loadAverage, cpus: many }: Pick<Machine, 'loadAverage' | 'cpus'>): string | undefined {
  if (loadAverage <= many / 4) return undefined
  return `the machine is busy (load ${loadAverage.toFixed(1)} on ${many} processors): even ratios will be off`
}

/** The type of the file system, as Linux tells it; undefined elsewhere. */
function fileSystemOf(directory: string): string | undefined {
  try {
    return typeOf(readFileSync('/proc/self/mounts', 'utf8'), realpathSync(directory))
  } catch {
    return undefined
  }
}

/** The type of the deepest mount that `path` is in. */
export function typeOf(mounts: string, path: string): string | undefined {
  const candidates = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, place = '', type = '']) => ({ place: place.replace(/\/$/, ''), type }))
    .filter(({ place, type }) => type !== '' && (path === place || path.startsWith(`${place}/`)))
  return candidates.reduce<(typeof candidates)[number] | undefined>(
    // What was mounted later hides what was there before.
    (deepest, one) => (deepest !== undefined && deepest.place.length > one.place.length ? deepest : one),
    undefined,
  )?.type
}
