import type { Style } from './style.ts'

const bytesPerLine = 16

/** A stretch of offsets; the end is not in it. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Bytes as offset, hexadecimal digits and characters, 16 a line; those in `marked` stand out. */
export function hexLines(bytes: Uint8Array, position: number, marked: Stretch, style: Style): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const line = [...bytes.subarray(at, at + bytesPerLine)]
    const first = position + at
    const isMarked = (index: number): boolean => marked.from <= first + index && first + index < marked.to
    const digits = joined(line.map((byte) => byte.toString(16).padStart(2, '0')), ' ', isMarked, style)
    const characters = joined(line.map(printable), '', isMarked, style)
    const space = '   '.repeat(bytesPerLine - line.length)
    lines.push(`${style.dim(offsetText(first))}  ${digits}${space}  ${characters}`)
  }
  return lines
}

/** An offset as eight hexadecimal digits or more. */
export function offsetText(offset: number): string {
  return offset.toString(16).padStart(8, '0')
}

/** Bytes as hexadecimal digits, separated by spaces. */
export function spacedHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
}

/** Cells with a separator between them; a run of marked ones is set off as a whole. */
function joined(cells: readonly string[], between: string, isMarked: (at: number) => boolean, style: Style): string {
  const runs: string[] = []
  for (let at = 0; at < cells.length; ) {
    let end = at + 1
    while (end < cells.length && isMarked(end) === isMarked(at)) end += 1
    const run = cells.slice(at, end).join(between)
    runs.push(isMarked(at) ? style.bad(run) : run)
    at = end
  }
  return runs.join(between)
}
