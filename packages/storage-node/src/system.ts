import { randomUUID } from 'node:crypto'
import { hostname, uptime } from 'node:os'

/** What the package asks of the operating system besides files; a seam for tests, as {@link NodeFs} is. */
export interface NodeSystem {
  /** As `process.platform`. */
  readonly platform: string
  /** Of this process. */
  readonly pid: number
  hostname(): string
  /** Seconds since the machine was started. */
  uptimeSeconds(): number
  /** Milliseconds since 1970. */
  nowMs(): number
  /** A string that nobody else ever gets. */
  uniqueToken(): string
  /** Returns if a process of this id is there, throws an error of code `ESRCH` if none is. */
  probe(pid: number): void
}

/** The system of this process. */
export const realSystem: NodeSystem = {
  platform: process.platform,
  pid: process.pid,
  hostname,
  uptimeSeconds: uptime,
  nowMs: Date.now,
  uniqueToken: randomUUID,
  probe: (pid) => {
    process.kill(pid, 0)
  },
}
