import type { App, Cause, Recovery } from '../app.ts'
import * as format from '../logic/format.ts'
import { auditWords, reportWords } from '../logic/report.ts'
import type { Stream } from '../stream.ts'
import { killMidStream } from '../killing.ts'
import { find, made, pressed, say } from './dom.ts'
import type { Panel } from './panel.ts'

const causes: Readonly<Record<Cause, string>> = {
  start: 'Opened.',
  options: 'Closed and opened again, with another durability.',
  killed: 'The writer was killed.',
  failed: 'The log had failed, and was opened again.',
  'leader-gone': 'The tab that had the log is gone.',
  damage: 'Closed and opened again.',
}

/** Kills the worker, and shows what recovery makes of it. */
export function recoveryPanel(app: App, stream: Stream): Panel {
  const button = pressed('kill', () => killMidStream(app, stream))
  let shown: Recovery | undefined
  return {
    render() {
      button.disabled = !app.leads || app.isFull
      button.title = app.phase === 'open' && !app.leads ? 'The worker belongs to another tab: kill it there.' : ''
      // Who damages the file looks at what comes of that.
      if (app.phase === 'aside') find('report-details', HTMLDetailsElement).open = false
      if (app.recovery === shown || app.recovery === undefined) return
      shown = app.recovery
      renderRecovery(shown)
    },
  }
}

function renderRecovery({ cause, report, audit, ms }: Recovery): void {
  const verdict = find('audit', HTMLElement)
  const isChecked = audit !== undefined && audit.acknowledged + audit.unacknowledged > 0
  verdict.dataset.verdict = !isChecked ? 'none' : audit.lost.length === 0 ? 'good' : 'bad'
  verdict.dataset.cause = cause
  say(verdict, `${causes[cause]} ${isChecked ? auditWords(audit) : ''}`)
  find('before-after', HTMLElement).hidden = !isChecked
  say(find('last-before', HTMLElement), `to ${format.count(audit?.lastAcknowledged ?? 0)}`)
  say(find('last-after', HTMLElement), `to ${format.count(audit?.lastRead ?? 0)}`)
  say(find('open-ms', HTMLElement), format.duration(ms))
  find('report', HTMLElement).replaceChildren(...reportWords(report).map((words) => made('li', words)))
  find('report-details', HTMLDetailsElement).open = cause === 'killed'
}
