import type { App, Phase } from '../app.ts'
import * as format from '../logic/format.ts'
import { tabName } from '../logic/roster.ts'
import { find, say } from './dom.ts'
import type { Panel } from './panel.ts'

const phases: Readonly<Record<Exclude<Phase, 'open'>, string>> = {
  opening: 'being opened',
  lost: 'lost: its worker is gone',
  down: 'not open',
  aside: 'closed, for its files to be changed',
}

/** Who has the log. */
export function tabsPanel(app: App): Panel {
  return {
    render() {
      const { roster } = app.tabs
      const role = find('role', HTMLElement)
      role.dataset.role = app.leads ? 'leads' : app.phase === 'open' ? 'joined' : app.phase
      say(role, roleOf(app))
      say(find('own-tab', HTMLElement), tabName(roster.own))
      say(find('other-tabs', HTMLElement), roster.tabs.length === 0 ? 'none' : roster.tabs.map(tabName).join(', '))
      say(find('foreign', HTMLElement), format.count(roster.foreignRecords))
    },
  }
}

function roleOf({ phase, leads, tabs }: App): string {
  if (phase !== 'open') return phases[phase]
  if (leads) return 'here: this tab leads'
  const { leader } = tabs.roster
  return leader === undefined ? 'in another tab' : `in tab ${tabName(leader)}, which leads`
}
