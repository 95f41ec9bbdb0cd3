import type { Buffer } from 'node:buffer'
import { controlTypes, decodeHeader, decodeTrailer, scan, type Frame } from './independent-decoder.ts'

const lineBytes = 16
const headerBytes = 40

/** A segment in hexadecimal, a paragraph for each thing in it, with its name above. */
export function dumpSegment(name: string, file: Buffer): string[] {
  const header = decodeHeader(file)
  const lines = [`# ${name}`, '# file header', ...dump(file, 0, 128)]
  const { frames, badPlace } = scan(file, header, header.capacity)
  for (const frame of frames) {
    const { offset, size, payload } = frame
    lines.push(`# ${describe(frame)}`, ...dump(file, offset, offset + headerBytes))
    if (payload.length > 0) lines.push(...dump(file, offset + headerBytes, offset + size))
  }
  const trailerAt = decodeTrailer(file, header) === undefined ? file.length : header.capacity - 64
  lines.push('# zeros', ...dump(file, badPlace, trailerAt))
  if (trailerAt < file.length) lines.push('# trailer', ...dump(file, trailerAt, file.length))
  return lines
}

function describe({ sequence, isControl, type, continues, durableEnd, payload }: Frame): string {
  const names = Object.entries(controlTypes).filter(([, number]) => number === type)
  const what = isControl ? (names[0]?.[0] ?? '?').toUpperCase() : `record ${sequence}, type ${type}`
  const more = continues ? ', more of its batch follows' : ''
  return `${what}, ${payload.length} bytes, durable end ${hex(durableEnd, 1)}${more}`
}

/** Lines that repeat the one before are replaced by one asterisk, as hexdump does. */
function dump(file: Buffer, from: number, to: number): string[] {
  const lines: string[] = []
  let before = ''
  for (let at = from; at < to; at += lineBytes) {
    const bytes = file.subarray(at, Math.min(at + lineBytes, to))
    const line = text(bytes)
    if (line === before && at + lineBytes < to) {
      if (lines.at(-1) !== '*') lines.push('*')
      continue
    }
    lines.push(`${hex(at, 8)}  ${line}`)
    before = line
  }
  return lines
}

function text(bytes: Buffer): string {
  const digits = [...bytes].map((byte) => hex(byte, 2))
  const halves = [digits.slice(0, 8).join(' '), digits.slice(8).join(' ')].join('  ')
  const letters = [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
  return `${halves.padEnd(50)}|${letters}|`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
