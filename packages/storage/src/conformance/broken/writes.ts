import { VarveError } from '@varve/codec'
import type { LogFile } from '../../contract.ts'
import { pause } from '../clock.ts'
import { alterFiles, everything, type BrokenAdapter } from './forward.ts'

/** Keeps what the caller handed over and writes it once more before every read. */
function retain(file: LogFile): Partial<LogFile> {
  let last: { readonly source: Uint8Array<ArrayBuffer>; readonly position: number } | undefined
  return {
    write: async (source, position) => {
      last ??= { source, position }
      await file.write(source, position)
    },
    read: async (target, position) => {
      if (last !== undefined) await file.write(last.source, last.position)
      return file.read(target, position)
    },
  }
}

/** Cuts in its books only: the bytes behind the cut come back when the file grows. */
function cutInName(file: LogFile): Partial<LogFile> {
  let cutOff: Uint8Array<ArrayBuffer> | undefined
  return {
    resize: async (size) => {
      const before = await everything(file)
      await file.resize(size)
      if (size < before.length) cutOff = before
      else if (cutOff !== undefined) await file.write(cutOff.subarray(before.length, size), before.length)
    },
  }
}

const clamp = (position: number): number => (Number.isSafeInteger(position) && position >= 0 ? position : 0)

export const brokenWrites: readonly BrokenAdapter[] = [
  {
    id: 'writes 64 KiB at most',
    breaks: ['write.large'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        write: (source, position) => file.write(source.subarray(0, 65_536), position),
      })),
  },
  {
    id: 'cuts the file behind every write',
    breaks: ['write.overwrite'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        write: async (source, position) => {
          await file.write(source, position)
          await file.resize(position + source.length)
        },
      })),
  },
  {
    id: 'fills gaps with what was there once',
    breaks: ['write.gap'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        write: async (source, position) => {
          const size = await file.size()
          if (position > size) await file.write(new Uint8Array(position - size).fill(0xaa), size)
          await file.write(source, position)
        },
      })),
  },
  {
    id: 'writes from the start of the buffer behind the source',
    breaks: ['write.view'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        write: (source, position) => file.write(new Uint8Array(source.buffer, 0, source.length), position),
      })),
  },
  {
    id: 'keeps the source after a write',
    breaks: ['write.source-released'],
    wrap: (storage) => alterFiles(storage, retain),
  },
  {
    id: 'writes a byte when there is none',
    breaks: ['write.empty'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        write: (source, position) => file.write(source.length === 0 ? new Uint8Array(1) : source, position),
      })),
  },
  {
    id: 'knows the size as it was when the file was opened',
    breaks: ['write.size'],
    wrap: (storage) =>
      alterFiles(storage, async (file) => {
        const size = await file.size()
        return { size: () => size }
      }),
  },
  {
    id: 'takes position 0 for one that makes no sense',
    breaks: ['write.positions-refused'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({ write: (source, position) => file.write(source, clamp(position)) })),
  },
  {
    id: 'cannot sync',
    breaks: ['write.sync'],
    wrap: (storage) =>
      alterFiles(storage, () => ({ sync: () => Promise.reject(new VarveError('UNSUPPORTED', 'no such call')) })),
  },
  {
    id: 'never cuts',
    breaks: ['resize.cut'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        resize: async (size) => file.resize(Math.max(size, await file.size())),
      })),
  },
  {
    id: 'never extends',
    breaks: ['resize.extend'],
    wrap: (storage) =>
      alterFiles(storage, (file) => ({
        resize: async (size) => file.resize(Math.min(size, await file.size())),
      })),
  },
  {
    id: 'brings back what was cut off',
    breaks: ['resize.no-return'],
    wrap: (storage) => alterFiles(storage, cutInName),
  },
  {
    id: 'reads zeros while something is written',
    breaks: ['handles.read-during-write'],
    wrap: (storage) => {
      let writing = 0
      return alterFiles(storage, (file) => ({
        write: async (source, position) => {
          writing += 1
          await pause(1)
          await file.write(source, position)
          writing -= 1
        },
        read: async (target, position) => {
          const count = await file.read(target, position)
          if (writing > 0) target.fill(0)
          return count
        },
      }))
    },
  },
]
