import { controlType, frameFlag, frameHeaderBytes } from '@varve/codec'
import { VarveError, type LogStorage } from 'varve'
import { argument, defineCommand, UsageError, type Command, type Context } from '../command.ts'
import { directoryArgument } from '../definitions.ts'
import { exitCode, type ExitCode } from '../exit-code.ts'
import type { Field } from '../hexdump/field.ts'
import { frameHeaderFields, paddingFields, sealFields, trailerFields } from '../hexdump/frame-fields.ts'
import { headerFields } from '../hexdump/header-fields.ts'
import { SegmentFile, type Found } from '../hexdump/segment-file.ts'
import { count } from '../output/units.ts'
import { parseSequence } from '../parse-values.ts'
import { presentFields, type Dump } from '../present/fields.ts'
import { withStorage } from '../with-storage.ts'

interface HexdumpOptions {
  readonly header?: string
  readonly seal?: string
}

const segmentName = /^([0-9a-f]{8})-([0-9a-f]{16})\.varve$/

export const hexdump: Command = defineCommand<HexdumpOptions>({
  name: 'hexdump',
  summary: 'the bytes of a record, a header or a SEAL, field by field',
  description: [
    'Prints each field as FORMAT.md names it: offset, bytes, name, value, and whether it is what it must be. It ' +
      'reads the file itself, so damage is shown and not refused. SEGMENT is a file name or an index. A field that ' +
      'is bad is exit code 2.',
  ],
  arguments: [directoryArgument, { name: 'SEQ', text: 'number of the record', isOptional: true }],
  options: [
    { flags: '--header <segment>', text: 'the header of a segment' },
    { flags: '--seal <segment>', text: 'the SEAL of a segment, and its trailer' },
  ],
  examples: [
    { line: 'varve hexdump ./data 42', text: 'the frame of a record' },
    { line: 'varve hexdump ./data --header 3', text: 'the header of the segment with index 3' },
    { line: 'varve hexdump ./data --seal 00000001-0000000000000001.varve', text: 'what a segment says of itself' },
  ],
  changesLog: false,
  run: async (context) => {
    const { system, out, options } = context
    const asked = [context.arguments[1], options.header, options.seal].filter((each) => each !== undefined)
    if (asked.length !== 1) throw new UsageError('say one of SEQ, --header SEGMENT and --seal SEGMENT')
    const dump = await withStorage(system, argument(context, 0), (storage) => dumpOf(storage, context))
    if (out.isJson) out.document(dump)
    else presentFields(dump, out)
    return codeOf(dump)
  },
})

async function dumpOf(storage: LogStorage, context: Context<HexdumpOptions>): Promise<Dump> {
  const names = (await storage.list()).filter((name) => segmentName.test(name)).sort()
  const { header, seal } = context.options
  if (header !== undefined) {
    return await SegmentFile.use(storage, named(names, header), async (segment) => {
      return { file: segment.name, title: 'file header', fields: headerFields(await segment.headerBytes()) }
    })
  }
  if (seal !== undefined) return await SegmentFile.use(storage, named(names, seal), sealDump)
  const sequence = parseSequence(argument(context, 1))
  const name = names.findLast((each) => Number.parseInt(each.slice(9, 25), 16) <= sequence)
  if (name === undefined) throw notThere(`there is no segment in which record ${count(sequence)} could be`)
  return await SegmentFile.use(storage, name, (segment) => recordDump(segment, sequence))
}

/** By name, or by index. */
function named(names: readonly string[], asked: string): string {
  const index = /^\d+$/.test(asked) ? Number(asked).toString(16).padStart(8, '0') : undefined
  const name = names.find((each) => each === asked || each.slice(0, 8) === index)
  if (name === undefined) throw notThere(`there is no segment ${asked}; varve inspect lists them`)
  return name
}

async function recordDump(segment: SegmentFile, sequence: number): Promise<Dump> {
  const header = await segment.header()
  const found = await segment.find(header, (view) => {
    return !isControl(view) && view.getBigUint64(8, true) === BigInt(sequence)
  })
  if (found === undefined) throw notThere(`${segment.name} ends before record ${count(sequence)}`)
  if (!found.isGood && found.lastSequence !== sequence - 1) throw blocked(segment, found)
  const { frame } = found
  const payload = frame.bytes.subarray(frameHeaderBytes, frameHeaderBytes + payloadBytes(frame.bytes))
  return {
    file: segment.name,
    title: `frame of record ${sequence}`,
    fields: [...frameHeaderFields(frame, header), ...paddingFields(frame)],
    payload: { offset: frame.position + frameHeaderBytes, bytes: payload },
  }
}

async function sealDump(segment: SegmentFile): Promise<Dump> {
  const header = await segment.header()
  const found = await segment.find(header, (view) => isControl(view) && view.getUint16(36, true) === controlType.seal)
  if (found === undefined) throw notThere(`${segment.name} has no SEAL`)
  if (!found.isGood) throw blocked(segment, found)
  const trailer = await segment.trailer(header)
  return {
    file: segment.name,
    title: 'SEAL and trailer',
    fields: [
      ...frameHeaderFields(found.frame, header),
      ...sealFields(found.frame),
      ...paddingFields(found.frame),
      ...(trailer === undefined ? [] : trailerFields(trailer.bytes, trailer.position, header)),
    ],
  }
}

function isControl(view: DataView): boolean {
  return (view.getUint8(38) & frameFlag.control) !== 0
}

function payloadBytes(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset).getUint32(4, true)
}

function notThere(message: string): VarveError {
  return new VarveError('NOT_FOUND', message)
}

function blocked({ name }: SegmentFile, { frame, lastSequence }: Found): VarveError {
  const { position } = frame
  return new VarveError(
    'CORRUPT',
    `${name}: the header at offset ${position} does not verify, so nothing behind it can be reached; ` +
      `varve hexdump DIR ${lastSequence + 1} shows it`,
    { file: name, position },
  )
}

function codeOf({ fields }: { readonly fields: readonly Field[] }): ExitCode {
  return fields.some(({ isGood }) => isGood === false) ? exitCode.corrupt : exitCode.fine
}
