import { frameHeaderBytes } from '@varve/codec'
import fc from 'fast-check'
import { decodeArchive, encodeArchive, type Files } from './archive.ts'
import { byteChange } from './byte-changes.ts'
import { fieldValue, frameFields, setField } from './fields.ts'
import { fieldChange } from './file-header.ts'
import { framesIn, resealFrame } from './forge.ts'
import { headerOf, withControl } from './images.ts'
import type { Change } from './target.ts'

type FilesChange = (files: Files) => Files
type Content = Uint8Array<ArrayBuffer>

const which = fc.nat(15)

function nth<T>(items: readonly T[], at: number): T | undefined {
  return items[at % Math.max(1, items.length)]
}

/** Changes the content of one file, its header included. */
function inFile(change: (content: Content) => Uint8Array): (file: number) => FilesChange {
  return (file) => (files) => {
    const [name, content] = nth([...files], file) ?? []
    if (name === undefined || content === undefined) return files
    return new Map([...files, [name, new Uint8Array(change(content))]])
  }
}

const content: fc.Arbitrary<FilesChange> = fc.tuple(byteChange, which).map(([change, file]) => inFile(change)(file))

/** One byte of a place where one decides something: the header, the start of a frame, the end. */
const nearFrames: fc.Arbitrary<FilesChange> = fc
  .tuple(which, fc.nat(63), fc.nat(47), fc.nat(255), fc.boolean())
  .map(([file, frame, offset, value, isRest]) =>
    inFile((bytes) => {
      const out = bytes.slice()
      const header = headerOf(out)
      if (header === undefined) return out
      const at = (nth(framesIn(out, header, header.blockBytes), frame) ?? header.blockBytes) + offset
      // A flip of one bit or, as after a write that did not land, everything from there on.
      if (isRest) out.fill(0, at)
      else if (at < out.length) out[at]! ^= 1 << (value & 7)
      return out
    })(file),
  )

/** `bytes` with `piece` over what stands at `to`; what would stand beyond their end is left out. */
function withPiece(bytes: Content, piece: Content, to: number): Content {
  const out = bytes.slice()
  if (to < out.length) out.set(piece.subarray(0, out.length - to), to)
  return out
}

/** A sector that was not written, in one file; or that holds what another file, or another place, has there. */
const sectors: fc.Arbitrary<FilesChange> = fc
  .tuple(which, which, fc.nat(63), fc.nat(63), fc.constantFrom('zeros', 'other file', 'other place', 'swap'))
  .map(([one, other, at, from, how]): FilesChange => (files) => {
    const [name, target] = nth([...files], one) ?? []
    const [otherName, source] = nth([...files], other) ?? []
    if (name === undefined || target === undefined || otherName === undefined || source === undefined) return files
    const to = (at * 128) % Math.max(128, target.length)
    const start = how === 'other place' ? (from * 128) % Math.max(128, source.length) : to
    const piece = how === 'zeros' ? new Uint8Array(128) : source.slice(start, start + 128)
    const changed = new Map([...files, [name, withPiece(target, piece, to)]])
    if (how === 'swap' && name !== otherName) changed.set(otherName, withPiece(source, target.slice(to, to + 128), to))
    return changed
  })

const newName = fc.oneof(
  fc.tuple(fc.nat(9), fc.nat(40)).map(([index, first]) => {
    return `${index.toString(16).padStart(8, '0')}-${first.toString(16).padStart(16, '0')}.varve`
  }),
  fc.constantFrom(
    'spare-00000001.varve', '00000001-ffffffffffffffff.varve', 'ffffffff-0000000000000001.varve', 'lock-1', 'note',
    '00000001-0000000000000001.varve.quarantined', '0000000000000005.checkpoint', 'records', 'records.new',
  ),
)

const names: fc.Arbitrary<FilesChange> = fc
  .tuple(which, newName, fc.constantFrom('rename', 'copy', 'remove', 'empty', 'replace', 'grow'), which)
  .map(([file, name, how, other]): FilesChange => (files) => {
    const [old, bytes] = nth([...files], file) ?? []
    if (old === undefined || bytes === undefined) return files
    const out = new Map(files)
    if (how === 'rename' || how === 'remove') out.delete(old)
    if (how === 'rename' || how === 'copy') out.set(name, bytes)
    if (how === 'empty') out.set(old, new Uint8Array(0))
    if (how === 'replace') out.set(old, nth([...files.values()], other) ?? bytes)
    if (how === 'grow') {
      const grown = new Uint8Array(bytes.length + 512)
      grown.set(bytes)
      out.set(old, grown)
    }
    return out
  })

const onArchive = (change: FilesChange): Change => (bytes) => encodeArchive(change(decodeArchive(bytes)))

/** What happens to files without anyone meaning it, and any bytes at all. */
export const accident: fc.Arbitrary<Change> = fc.oneof(
  { arbitrary: content.map(onArchive), weight: 3 },
  { arbitrary: nearFrames.map(onArchive), weight: 4 },
  { arbitrary: sectors.map(onArchive), weight: 2 },
  { arbitrary: names.map(onArchive), weight: 2 },
  byteChange,
)

const forgedFrame: fc.Arbitrary<FilesChange> = fc
  .tuple(which, fc.nat(63), fc.constantFrom(...frameFields), fieldValue)
  .map(([file, frame, field, value]) =>
    inFile((bytes) => {
      const out = bytes.slice()
      const header = headerOf(out)
      const at = header && nth(framesIn(out, header, header.blockBytes), frame)
      if (header === undefined || at === undefined || at + frameHeaderBytes > out.length) return out
      setField(out, at, field, value)
      resealFrame(out, at, header)
      return out
    })(file),
  )

const claim = fc.constantFrom('durable' as const, 'nothing' as const)

const control: fc.Arbitrary<FilesChange> = fc
  .tuple(which, fc.integer({ min: 1, max: 6 }), fc.uint8Array({ maxLength: 80 }), claim)
  .map(([file, type, payload, claimed]) =>
    inFile((bytes) => withControl(new Uint8Array(bytes), type, payload, claimed))(file),
  )

const forgedHeader = fc.tuple(which, fieldChange).map(([file, change]) => inFile(change)(file))

/** Lies with right checksums, and accidents on top of them. */
export const forgery: fc.Arbitrary<Change> = fc.oneof(
  { arbitrary: forgedFrame.map(onArchive), weight: 4 },
  { arbitrary: forgedHeader.map(onArchive), weight: 4 },
  { arbitrary: control.map(onArchive), weight: 2 },
  { arbitrary: accident, weight: 3 },
)
