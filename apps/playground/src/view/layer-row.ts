import * as format from '../logic/format.ts'
import type { Layer } from '../logic/layers.ts'
import { segmentBytes } from '../logic/names.ts'
import { body, wave } from '../logic/strata.ts'
import { drawn, made, say } from './dom.ts'

const width = 400
const height = 34

/** Where a layer was damaged, and where that was found, from 0 to 1. */
export interface Cracks {
  readonly flipped?: number
  readonly found?: number
}

/** One layer on the page. */
export class LayerRow {
  readonly element: HTMLLIElement = made('li', '', 'layer')
  readonly #name = made('span', '', 'index')
  readonly #core = made('button', '', 'core')
  readonly #silt = made('span', '', 'silt')
  readonly #numbers = made('span', '', 'numbers')
  readonly #signs = made('span', '', 'signs')
  #signed = ''

  constructor(layer: Layer, choose: (name: string, position: number) => void) {
    this.#core.type = 'button'
    this.#silt.append(drawing(layer.index))
    this.#core.append(this.#silt, this.#signs)
    this.element.append(this.#name, this.#core, this.#numbers)
    this.element.dataset.testid = 'layer'
    this.#core.addEventListener('click', (event) => {
      const { left, width: wide } = this.#core.getBoundingClientRect()
      // A key has no place: the middle, then.
      const share = event.detail === 0 ? 0.5 : (event.clientX - left) / wide
      choose(layer.name, Math.floor(share * segmentBytes))
    })
  }

  show({ name, index, state, fill, numbers, label, marks, records }: Layer, { flipped, found }: Cracks): void {
    const { dataset, style } = this.element
    dataset.state = state
    dataset.name = name
    style.setProperty('--fill', fill.toFixed(4))
    say(this.#name, format.count(index))
    say(this.#numbers, records === 0 ? 'empty' : numbers)
    this.#core.ariaLabel = found === undefined ? label : `${label}, damaged`
    this.#core.disabled = state === 'gone'
    const signs = [
      ...marks.map(({ at, sequence }) => ['mark', at, `checkpoint after record ${sequence}`] as const),
      ...(found === undefined ? [] : [['crack', found, 'where the damage was found'] as const]),
      ...(flipped === undefined ? [] : [['flipped', flipped, 'the bit that was flipped'] as const]),
    ]
    const signed = JSON.stringify(signs)
    if (signed === this.#signed) return
    this.#signed = signed
    this.#signs.replaceChildren(...signs.map(([kind, at, title]) => {
      const sign = made('i', '', kind)
      sign.title = title
      sign.style.left = `${(at * 100).toFixed(2)}%`
      return sign
    }))
  }
}

/** Sediment: a body, and finer layers in it. */
function drawing(seed: number): SVGSVGElement {
  const svg = drawn('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' })
  svg.append(drawn('path', { d: body(seed, width, height), class: 'body' }))
  for (const [at, level] of [9, 14, 19, 24].entries()) {
    svg.append(drawn('path', { d: `M ${wave(seed + at * 2.3, width, level, 1.3)}`, class: `lamina lamina-${at}` }))
  }
  svg.append(drawn('path', { d: `M ${wave(seed, width, 3.5, 2)}`, class: 'lid' }))
  return svg
}
