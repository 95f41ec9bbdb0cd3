import { App } from './app.ts'
import { Damaging } from './damaging.ts'
import { lacksOf } from './logic/lacks.ts'
import { Stream } from './stream.ts'
import { appendPanel } from './view/append-panel.ts'
import { benchPanel } from './view/bench-panel.ts'
import { damagePanel } from './view/damage-panel.ts'
import { find, say } from './view/dom.ts'
import { failurePanel } from './view/failure-panel.ts'
import type { Panel } from './view/panel.ts'
import { recoveryPanel } from './view/recovery-panel.ts'
import { segmentMap } from './view/segment-map.ts'
import { tabsPanel } from './view/tabs-panel.ts'

const boot = find('boot', HTMLElement)
const lacks = lacksOf(globalThis)
if (lacks.length > 0) {
  boot.classList.add('bad')
  say(boot, `varve cannot work here. What is missing: ${lacks.join('; ')}.`)
} else {
  boot.hidden = true
  begin()
}

function begin(): void {
  const panels: Panel[] = []
  // Told by four digits, so not 0, which would be the tab of a payload of zeros.
  const tab = 1 + Math.floor(Math.random() * 0xfffe)
  const app = new App(tab, () => { for (const panel of panels) panel.render() })
  const stream = new Stream(app)
  const damaging = new Damaging(app)
  const damage = damagePanel(app, damaging)
  panels.push(
    failurePanel(app),
    tabsPanel(app),
    appendPanel(app, stream),
    segmentMap(app, damaging, (name, position) => { damage.choose(name, position) }),
    recoveryPanel(app, stream),
    damage,
  )
  benchPanel()
  void app.open('start')
}
