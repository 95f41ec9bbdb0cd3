import { faultProfiles, type FaultProfile, type PlayOptions, type ProfileName } from '../../src/index.ts'

/** Strict, without faults, one call after the other, and everything that was reached or said. */
export interface Observed extends PlayOptions {
  readonly probes: Map<string, number>
  readonly lines: string[]
}

export function setup(changes: Partial<PlayOptions> & { readonly profileName?: ProfileName } = {}): Observed {
  const profile: FaultProfile = faultProfiles[changes.profileName ?? 'strict-posix']
  const probes = new Map<string, number>()
  const lines: string[] = []
  return {
    profile,
    faults: [],
    scheduled: false,
    extras: true,
    steps: [3, 1],
    probe: (name) => { probes.set(name, (probes.get(name) ?? 0) + 1) },
    note: (line) => { lines.push(line) },
    ...changes,
    probes,
    lines,
  }
}
