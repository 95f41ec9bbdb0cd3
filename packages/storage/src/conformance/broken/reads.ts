import { VarveError } from '@varve/codec'
import { alterFiles, type BrokenAdapter } from './forward.ts'

export const brokenReads: readonly BrokenAdapter[] = [
  {
    id: 'reads from the start whatever the position',
    breaks: ['read.position'],
    wrap: (storage) => alterFiles(storage, (file) => ({ read: (target) => file.read(target, 0) })),
  },
  {
    id: 'returns the count that was asked for',
    breaks: ['read.short-at-end', 'read.behind-end'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        read: async (target, position) => {
          await file.read(target, position)
          return target.length
        },
      })),
  },
  {
    id: 'fails behind the end',
    breaks: ['read.behind-end'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        read: async (target, position) => {
          const isBehind = position >= (await file.size())
          return isBehind ? Promise.reject(new VarveError('SHORT_READ', 'behind the end')) : file.read(target, position)
        },
      })),
  },
  {
    id: 'clears the target before it reads',
    breaks: ['read.short-at-end'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({ read: (target, position) => file.read(target.fill(0), position) })),
  },
  {
    id: 'reads to the start of the buffer behind the target',
    breaks: ['read.view'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        read: (target, position) => file.read(new Uint8Array(target.buffer, 0, target.length), position),
      })),
  },
  {
    id: 'refuses empty reads',
    breaks: ['read.empty-target'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        read: (target, position) =>
          target.length === 0
            ? Promise.reject(new VarveError('INVALID_ARGUMENT', 'nothing to read'))
            : file.read(target, position),
      })),
  },
  {
    id: 'reads 64 KiB at most',
    breaks: ['read.large'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({ read: (target, position) => file.read(target.subarray(0, 65_536), position) })),
  },
]
