import type { OverallVerdict } from '@varve/inspect'
import { count, counted, range, size } from '../../output/units.ts'
import type { LogReport } from '../collect.ts'
import { html, type Markup } from '../markup.ts'

const means: Readonly<Record<OverallVerdict, string>> = {
  intact: 'Every byte that means something verifies.',
  torn: 'The log ends in something that was never acknowledged as durable. Nothing acknowledged is missing.',
  corrupt: 'Something that had been durable is damaged or missing.',
  unreadable: 'Something was written by a newer version, belongs to another log, or is no log.',
}

/** The verdict, what it means, and what there is to do now. */
export function verdictSection(report: LogReport): Markup {
  const { verdict, inspection, findings, choices } = report
  const { tail, isReplica } = inspection
  const places = findings.length === 0 ? '' : `, ${counted(findings.length, 'finding')}`
  return html`<section class="verdict ${verdict}">
    <h1><span class="word">${verdict}</span>${places}</h1>
    <p>${means[verdict]}</p>
    <p><strong>Now:</strong> ${nextStep(verdict, choices.length, isReplica)}</p>
    ${tail === undefined ? undefined : html`<p class="quiet">The end of the log, as recovery judges it: ${tail.verdict},
      because ${tail.evidence} <code>${tail.row}</code>.
      ${tail.discards > 0 ? `The next writer discards ${counted(tail.discards, 'byte')}, zeros included.` : ''}</p>`}
  </section>`
}

function nextStep(verdict: OverallVerdict, choices: number, isReplica: boolean): string {
  if (verdict === 'intact') return 'nothing has to be done.'
  if (verdict === 'torn') return 'nothing has to be done; the next open for writing discards the end and says so.'
  if (isReplica) return 'this is a replica: begin a new copy in an empty directory.'
  if (choices === 0) return 'keep the directory as it is; there is no repair for it. Restore a copy.'
  const ways = counted(choices, 'way')
  return `keep writers away, and choose among the ${ways} out below; varve repair changes nothing until it is told to.`
}

/** What kind of log this is. */
export function factsSection({ inspection, contents, directory }: LogReport): Markup {
  const { logId, isReplica, segments, checkpoints, floor, firstSequence, lastSequence, files } = inspection
  const newest = segments.at(-1)
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const { records, payloadBytes, frameBytes, largestBytes } = contents
  const overhead = frameBytes === 0 ? 'none' : `${((1 - payloadBytes / frameBytes) * 100).toFixed(1)} %`
  const facts: readonly (readonly [string, string])[] = [
    ['Directory', directory],
    ['Log id', logId ?? 'unknown'],
    ['Kind', isReplica ? 'replica: receives a log' : 'log'],
    ['Records', `${range(firstSequence, lastSequence)} (${count(Math.max(0, lastSequence - firstSequence + 1))})`],
    ['Read now', counted(records, 'record')],
    ['Floor', count(floor)],
    ['Segments', `${count(segments.length)}, ${size(bytes)}`],
    ['Payload', `${size(payloadBytes)}; the largest ${size(largestBytes)}`],
    ['Frames beside payload', overhead],
    ['Checkpoints', count(checkpoints.length)],
    ['Format', `${newest?.format ?? 'unknown'}, ${newest?.checksum ?? 'unknown'}`],
    ['Block', newest?.blockBytes === undefined ? 'unknown' : size(newest.blockBytes)],
    ['Segment capacity', newest?.capacity === undefined ? 'unknown' : size(newest.capacity)],
    ['Epoch', newest?.epoch === undefined ? 'unknown' : count(newest.epoch)],
    ['Files', count(files.length)],
  ]
  return html`<section><h2>Log</h2><dl class="facts">${facts.map(([name, value]) =>
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`
}
