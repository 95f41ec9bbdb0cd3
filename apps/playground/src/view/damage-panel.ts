import type { App } from '../app.ts'
import type { Damaging, Wound } from '../damaging.ts'
import type { Intact } from '../logic/asks.ts'
import type { Failure, Location } from '../logic/failure.ts'
import * as format from '../logic/format.ts'
import { fileBytes, placeIn } from '../logic/layers.ts'
import { find, made, pressed, say } from './dom.ts'
import type { Panel } from './panel.ts'

/** The part that chooses a byte, damages it, and shows what becomes of that. */
export interface DamagePanel extends Panel {
  choose(name: string, position: number): void
}

export function damagePanel(app: App, damaging: Damaging): DamagePanel {
  const select = find('damage-segment', HTMLSelectElement)
  const slider = find('damage-slider', HTMLInputElement)
  const number = find('damage-position', HTMLInputElement)
  /** Until somebody chooses, a place is proposed. */
  let isChosen = false
  const chosen = (): App['segments'][number] | undefined => app.segments.find(({ name }) => name === select.value)

  const place = (position: number): void => {
    const segment = chosen()
    if (segment === undefined) return
    const most = fileBytes(segment) - 1
    const at = Math.max(0, Math.min(most, Math.floor(position)))
    slider.max = number.max = String(most)
    slider.value = number.value = String(at)
    say(find('damage-place', HTMLElement), placeIn(segment, at))
  }
  const choose = (position: number): void => {
    isChosen = true
    place(position)
  }
  slider.addEventListener('input', () => { choose(slider.valueAsNumber) })
  number.addEventListener('change', () => { choose(number.valueAsNumber || 0) })
  select.addEventListener('change', () => { choose(slider.valueAsNumber) })

  const flip = pressed('flip', () => {
    const segment = chosen()
    if (segment === undefined) return
    const position = slider.valueAsNumber
    return damaging.flip({ file: segment.name, index: segment.index, position, place: placeIn(segment, position) })
  })
  const readIntact = pressed('read-intact', () => damaging.readIntact())
  const undo = pressed('undo', () => damaging.undo())
  const startOver = pressed('start-over', () => damaging.startOver())
  return {
    choose(name, position) {
      select.value = name
      choose(position)
    },
    render() {
      renderSegments(app, select)
      const proposed = app.segments.findLast(({ state }) => state === 'sealed') ?? app.segments.at(-1)
      if (!isChosen && proposed !== undefined) {
        select.value = proposed.name
        place(middleOf(proposed))
      }
      flip.disabled = !app.leads || chosen() === undefined
      readIntact.disabled = app.phase !== 'down'
      undo.disabled = damaging.wound === undefined || damaging.failure === undefined
      startOver.disabled = app.phase !== 'down' && !app.leads
      renderDamage(damaging)
    },
  }
}

/** A place where there is something to damage. */
function middleOf(segment: App['segments'][number]): number {
  return Math.floor((segment.header.blockBytes + segment.end) / 2)
}

function renderSegments({ segments }: App, select: HTMLSelectElement): void {
  const names = segments.filter(({ state }) => state !== 'archived').map(({ name }) => name)
  if (names.join() === [...select.options].map(({ value }) => value).join()) return
  const { value } = select
  const options = segments
    .filter(({ name }) => names.includes(name))
    .map(({ name, index, state }) => new Option(`${index} (${state})`, name))
  select.replaceChildren(...options)
  select.value = names.includes(value) ? value : (names[0] ?? '')
}

function renderDamage({ wound, failure, location, intact }: Damaging): void {
  find('damage', HTMLElement).hidden = wound === undefined && failure === undefined
  const verdict = find('damage-verdict', HTMLElement)
  verdict.dataset.verdict = failure === undefined ? 'good' : 'bad'
  say(verdict, verdictOf(failure, location))
  find('damage-facts', HTMLElement).replaceChildren(...factsOf(wound, location).flatMap(([term, fact]) => {
    const row = made('div')
    row.append(made('dt', term), made('dd', fact))
    return [row]
  }))
  say(find('damage-advice', HTMLElement), failure?.advice ?? '')
  say(find('intact', HTMLElement), intact === undefined ? '' : intactWords(intact))
}

function verdictOf(failure: Failure | undefined, location: Location | undefined): string {
  if (failure === undefined) {
    return 'The log opened all the same: no record that was ever acknowledged lies there. See the recovery report.'
  }
  return location === undefined ? `${failure.code}: ${failure.what}` : `${failure.code}. The log is not opened.`
}

type Fact = readonly [term: string, fact: string]

function factsOf(wound: Wound | undefined, location: Location | undefined): readonly Fact[] {
  return [...(wound === undefined ? [] : [flipped(wound)]), ...(location === undefined ? [] : found(location))]
}

function flipped({ index, position, place, before, after }: Wound): Fact {
  return ['flipped', `segment ${index}, byte ${format.count(position)} (${place}): ${hex(before)} became ${hex(after)}`]
}

function found({ file, position, row, evidence, firstSequence, lastSequence }: Location): readonly Fact[] {
  const last = lastSequence === undefined ? 'the end' : format.count(lastSequence)
  return [
    ['found at', `byte ${format.count(position)} of ${file}`],
    ['evidence', evidence],
    ['row', row],
    ['at stake', firstSequence === undefined ? 'not known' : `records ${format.count(firstSequence)} to ${last}`],
  ]
}

function intactWords({ records, ranges, damage }: Intact): string {
  const numbers = ranges.map(([first, last]) => format.range(first, last)).join(' and ')
  return (
    `Opened with readOnly: ${format.plural(records, 'record')} can be read (${numbers || 'none'}). ` +
    `${format.plural(damage.length, 'place')} reported as damaged.`
  )
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
