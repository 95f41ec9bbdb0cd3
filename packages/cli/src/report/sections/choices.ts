import type { RepairChoice } from '@varve/inspect'
import { count, range } from '../../output/units.ts'
import { applyCommand, lossText } from '../../present/plan.ts'
import type { LogReport } from '../collect.ts'
import { html, type Markup } from '../markup.ts'

/** The ways out, with what each one loses. */
export function choicesSection({ choices, refusals, directory }: LogReport): Markup | undefined {
  if (choices.length === 0 && refusals.length === 0) return undefined
  return html`<section><h2>Ways out</h2>
    <p class="quiet">Every file that a repair changes or removes is copied first. One is carried out,
      then looked again.</p>
    ${choices.map((choice) => choiceBlock(choice, directory))}
    ${refusals.map(({ finding, reason }) =>
      html`<article class="choice"><h3>No repair for <a href="#finding-${finding + 1}">finding ${finding + 1}</a></h3>
        <p>${reason}</p></article>`)}
  </section>`
}

function choiceBlock(choice: RepairChoice, directory: string): Markup {
  const { id, kind, resolves, text, isLossless, lost, kept, checkpoint, quarantines, removes } = choice
  const keeps = kept === undefined ? 'no record' : `records ${range(kept.firstSequence, kept.lastSequence)}`
  const copies = quarantines.map(({ name, copy }) => html`<code>${name}</code> to <code>${copy}</code><br>`)
  const links = resolves.map((finding, at) =>
    html`${at === 0 ? '' : ', '}<a href="#finding-${finding + 1}">finding ${finding + 1}</a>`)
  return html`<article class="choice ${isLossless ? 'lossless' : 'lossy'}">
    <h3><span class="tag ${isLossless ? 'intact' : 'corrupt'}">${isLossless ? 'loses nothing' : 'loses records'}</span>
      ${kind} <code>${id}</code></h3>
    ${shortened(text)}
    <dl>
      <dt>deals with</dt><dd>${links}</dd>
      <dt>loses</dt><dd>${lost.length === 0 ? 'nothing' : html`<strong>${lossText(lost)}</strong>`}</dd>
      <dt>keeps</dt><dd>${keeps}</dd>
      ${checkpoint === undefined ? undefined : html`<dt>recovers from</dt><dd><code>${checkpoint}</code></dd>`}
      ${listed('copies first', copies)}
      ${listed('takes away', removes.map((name) => html`<code>${name}</code><br>`))}
      <dt>command</dt><dd><code>${applyCommand(choice, directory)}</code></dd>
    </dl>
  </article>`
}

/** Texts that name many files are cut; the rest is behind a click. */
const textMax = 320
const listMax = 6

function shortened(text: string): Markup {
  if (text.length <= textMax) return html`<p>${text}</p>`
  return html`<details><summary>${text.slice(0, textMax)}… <a>all</a></summary><p>${text.slice(textMax)}</p></details>`
}

function listed(name: string, lines: readonly Markup[]): Markup | undefined {
  if (lines.length === 0) return undefined
  const more = lines.slice(listMax)
  return html`<dt>${name}</dt><dd>${lines.slice(0, listMax)}${more.length === 0 ? undefined : html`<details>
    <summary>and ${count(more.length)} more</summary>${more}</details>`}</dd>`
}
