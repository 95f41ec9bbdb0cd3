import { setTimeout as pause } from 'node:timers/promises'

const goneMsMax = 10_000

/**
 * Ends a process that leads a group, and all of the group, as SIGKILL does: nothing is flushed, nobody is told. Returns
 * when none of them is left.
 */
export async function killGroup(leader: number): Promise<void> {
  strikeGroup(leader)
  const began = performance.now()
  while (signal(leader, 0)) {
    if (performance.now() - began > goneMsMax) throw new Error(`processes of group ${leader} outlived SIGKILL`)
    await pause(10)
  }
}

/** The same, without waiting for them to be gone. */
export function strikeGroup(leader: number): void {
  signal(leader, 'SIGKILL')
}

/** Whether there was anybody to get it. */
function signal(leader: number, what: 'SIGKILL' | 0): boolean {
  try {
    // Windows has no groups.
    process.kill(process.platform === 'win32' ? leader : -leader, what)
    return true
  } catch {
    return false
  }
}
