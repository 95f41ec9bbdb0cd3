import { count, range, size } from '../../output/units.ts'
import type { LogReport } from '../collect.ts'
import { html, type Markup } from '../markup.ts'

/** Files that are listed by name. */
const filesShownMax = 200

const missing: Markup = html`<span class="tag corrupt">missing</span>`

export function checkpointsSection({ inspection }: LogReport): Markup {
  const { checkpoints } = inspection
  if (checkpoints.length === 0) return html`<section><h2>Checkpoints</h2><p>None.</p></section>`
  return html`<section><h2>Checkpoints</h2><table>
    <thead><tr><th class="number">after record</th><th>state</th><th class="number">size</th><th>file</th></tr></thead>
    <tbody>${checkpoints.map(({ name, sequence, isListed, size: bytes }) => html`<tr>
      <td class="number">${count(sequence)}</td>
      <td>${bytes === undefined ? missing : isListed ? 'kept' : 'not listed'}</td>
      <td class="number">${bytes === undefined ? '' : size(bytes)}</td><td><code>${name}</code></td></tr>`)}</tbody>
  </table></section>`
}

export function filesSection({ inspection, files }: LogReport): Markup {
  const shown = inspection.files.slice(0, filesShownMax)
  const more = inspection.files.length - shown.length
  return html`<section><details><summary><h2>Files (${count(inspection.files.length)})</h2></summary><table>
    <thead><tr><th>file</th><th>is</th><th class="number">bytes</th><th>verdict</th></tr></thead>
    <tbody>${shown.map(({ name, kind, bytes }) => {
      const verified = files.find((file) => file.name === name)
      const verdict = verified === undefined ? '' : verified.isArchived ? 'archived' : verified.verdict
      return html`<tr><td><code>${name}</code></td><td>${kind}</td><td class="number">${count(bytes)}</td>
        <td>${verdict === '' ? '' : html`<span class="tag ${verdict}">${verdict}</span>`}</td></tr>`
    })}</tbody></table>
    ${more > 0 ? html`<p class="quiet">and ${count(more)} more.</p>` : undefined}</details></section>`
}

export function historySection({ inspection }: LogReport): Markup | undefined {
  const { history } = inspection
  if (history.length === 0) return undefined
  return html`<section><h2>Repairs before</h2>${history.map(({ file, record, isDone }) => {
    if (record === undefined) return html`<p><code>${file}</code> cannot be read.</p>`
    const lost = record.lost.map(({ firstSequence, lastSequence }) => range(firstSequence, lastSequence)).join(', ')
    return html`<article class="choice"><h3>${record.choice}${isDone ? '' : ', not finished'}</h3><dl>
      <dt>epoch</dt><dd>${count(record.epoch)}</dd>
      <dt>because of</dt><dd>${record.findings.map((finding) => `${finding.code} in ${finding.file}`).join(', ')}</dd>
      <dt>lost</dt><dd>${lost === '' ? 'nothing' : `records ${lost}`}</dd>
      ${record.note === undefined ? undefined : html`<dt>note</dt><dd>${record.note}</dd>`}
      <dt>written down in</dt><dd><code>${file}</code></dd></dl></article>`
  })}</section>`
}
