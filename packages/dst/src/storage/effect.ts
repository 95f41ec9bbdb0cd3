import type { LogFile } from '@varve/storage'
import type { FileContent } from '../disk/content.ts'
import type { Disk } from '../disk/disk.ts'
import type { CallFault } from './faults.ts'
import type { Operation } from './operation.ts'

/** What an operation does. */
export interface Effect<T> {
  readonly all: () => T
  /** What it does when it goes astray in a way of its own. */
  readonly astray?: Partial<Record<CallFault, () => T>>
}

/** What a handle needs of the storage that opened it. */
export interface FileOwner {
  readonly disk: Disk
  readonly openFiles: Set<LogFile & { readonly name: string }>
  /** Throws when the process has ended or the storage was closed. */
  mustLive(): void
  perform<T>(operation: Operation, effect: Effect<T>): T
  change(operation: Operation, all: () => void, astray?: Effect<void>['astray']): void
  syncContent(content: FileContent, name: string): void
}
