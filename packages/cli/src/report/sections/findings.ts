import { findingCodes, type Finding } from '@varve/inspect'
import { offsetText } from '../../output/hex.ts'
import { count, counted, range } from '../../output/units.ts'
import type { LogReport } from '../collect.ts'
import { html, type Markup } from '../markup.ts'

/** Findings that are shown in full. */
const shownMax = 100
const bytesPerLine = 16

/** What is wrong, place by place, with the bytes around it. */
export function findingsSection({ findings }: LogReport): Markup | undefined {
  if (findings.length === 0) return undefined
  const more = findings.length - shownMax
  return html`<section><h2>Findings</h2>
    ${findings.slice(0, shownMax).map((finding, at) => findingBlock(finding, at + 1))}
    ${more > 0 ? html`<p>${counted(more, 'more finding')}: varve report --json lists them.</p>` : undefined}
  </section>`
}

function findingBlock(finding: Finding, number: number): Markup {
  const { code, verdict, file, position, bytes, row, evidence, firstSequence, lastSequence, context } = finding
  const extent = bytes === 0 ? '' : `, ${counted(bytes, 'byte')}`
  const records = range(firstSequence, lastSequence)
  const atStake = firstSequence === undefined ? undefined : html`<dt>records</dt><dd>${records}</dd>`
  const end = position + Math.max(1, bytes)
  return html`<article class="finding ${verdict}" id="finding-${number}">
    <h3><span class="tag ${verdict}">${verdict}</span> ${number}. ${findingCodes[code]} <code>${code}</code></h3>
    <dl>
      <dt>file</dt><dd><code>${file}</code></dd>
      <dt>place</dt><dd>offset ${count(position)} <span class="quiet">0x${offsetText(position)}</span>${extent}</dd>
      ${atStake}
      <dt>because</dt><dd>${evidence}${row === undefined ? undefined : html` <code>${row}</code>`}</dd>
    </dl>
    ${context === undefined ? undefined : hexDump(context.bytes, context.position, position, end)}
  </article>`
}

/** Offset, hexadecimal digits and characters, 16 bytes a line; those from `from` up to `to` are marked. */
function hexDump(bytes: Uint8Array, start: number, from: number, to: number): Markup {
  const lines: Markup[] = []
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const line = [...bytes.subarray(at, at + bytesPerLine)]
    const isMarked = (index: number): boolean => from <= start + at + index && start + at + index < to
    const digits = line.map((byte, index) => {
      return cell(byte.toString(16).padStart(2, '0'), isMarked(index), index === 8 ? '  ' : ' ')
    })
    const characters = line.map((byte, index) => cell(printable(byte), isMarked(index), ''))
    const space = ' '.repeat(3 * (bytesPerLine - line.length) + (line.length <= 8 ? 1 : 0))
    lines.push(html`<span class="offset">${offsetText(start + at)}</span> ${digits}${space}  ${characters}${newline}`)
  }
  return html`<pre class="hex" tabindex="0">${lines}</pre>`
}

/** Not text, in which controls are not kept. */
const newline = html`
`

function cell(text: string, isMarked: boolean, before: string): Markup {
  return isMarked ? html`${before}<mark>${text}</mark>` : html`${before}${text}`
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
}
