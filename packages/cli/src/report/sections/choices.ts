import type { RecordRange, RepairChoice } from '@varve/inspect'
import { range } from '../../output/units.ts'
import type { LogReport } from '../collect.ts'
import { html, type Markup } from '../markup.ts'

/** The ways out, with what each one loses. */
export function choicesSection({ choices, refusals }: LogReport): Markup | undefined {
  if (choices.length === 0 && refusals.length === 0) return undefined
  return html`<section><h2>Ways out</h2>
    <p class="quiet">Every file that a repair changes or removes is copied first. One is carried out, then looked again.</p>
    ${choices.map(choiceBlock)}
    ${refusals.map(({ finding, reason }) =>
      html`<article class="choice"><h3>No repair for <a href="#finding-${finding + 1}">finding ${finding + 1}</a></h3><p>${reason}</p></article>`)}
  </section>`
}

function choiceBlock(choice: RepairChoice): Markup {
  const { id, kind, resolves, text, isLossless, lost, kept, checkpoint, quarantines, removes } = choice
  const links = resolves.map((finding, at) =>
    html`${at === 0 ? '' : ', '}<a href="#finding-${finding + 1}">finding ${finding + 1}</a>`)
  return html`<article class="choice ${isLossless ? 'lossless' : 'lossy'}">
    <h3><span class="tag ${isLossless ? 'intact' : 'corrupt'}">${isLossless ? 'loses nothing' : 'loses records'}</span> ${kind} <code>${id}</code></h3>
    <p>${text}</p>
    <dl>
      <dt>deals with</dt><dd>${links}</dd>
      <dt>loses</dt><dd>${lost.length === 0 ? 'nothing' : html`records <strong>${rangesOf(lost)}</strong>`}</dd>
      <dt>keeps</dt><dd>${kept === undefined ? 'no record' : `records ${rangesOf([kept])}`}</dd>
      ${checkpoint === undefined ? undefined : html`<dt>recovers from</dt><dd><code>${checkpoint}</code></dd>`}
      ${quarantines.length === 0 ? undefined : html`<dt>copies first</dt><dd>${quarantines.map(({ name, copy }) =>
        html`<code>${name}</code> to <code>${copy}</code><br>`)}</dd>`}
      ${removes.length === 0 ? undefined : html`<dt>takes away</dt><dd>${removes.map((name) => html`<code>${name}</code><br>`)}</dd>`}
    </dl>
  </article>`
}

function rangesOf(ranges: readonly RecordRange[]): string {
  return ranges.map(({ firstSequence, lastSequence }) => range(firstSequence, lastSequence)).join(', ')
}
