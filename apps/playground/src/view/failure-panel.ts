import type { App } from '../app.ts'
import { find, pressed, say } from './dom.ts'
import type { Panel } from './panel.ts'

/** What went wrong last, with its code and what to do. */
export function failurePanel(app: App): Panel {
  const retry = pressed('retry', () => app.open('start'))
  return {
    render() {
      const { failure } = app
      const panel = find('failure', HTMLElement)
      panel.hidden = failure === undefined
      retry.hidden = app.phase !== 'down'
      if (failure === undefined) return
      panel.dataset.code = failure.code
      say(find('failure-code', HTMLElement), failure.code)
      say(find('failure-what', HTMLElement), failure.what)
      say(find('failure-advice', HTMLElement), failure.advice)
    },
  }
}
