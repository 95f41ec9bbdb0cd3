import type { ContenderKind } from './contenders.ts'
import type { Line } from './lines.ts'

/**
 * Colours on light and on dark ground. Those of the log are told apart by people who see few colours, as the ones of
 * Okabe and Ito are; what else one could use is pale, floors are grey.
 */
export const colours = {
  v0: ['#0065a8', '#4db2f0'],
  v1: ['#cc4a00', '#ff8a3d'],
  v2: ['#00805c', '#2cc79a'],
  v3: ['#a8327d', '#ea8bc6'],
  v4: ['#9a6b00', '#f0c04a'],
  v5: ['#4b3fbf', '#a79cff'],
  p0: ['#9c86b8', '#8873a6'],
  p1: ['#7fa58f', '#5f8872'],
  p2: ['#b59a78', '#937a5a'],
  p3: ['#7f9fc0', '#5d7f9f'],
  p4: ['#c08f94', '#9c6c72'],
  f0: ['#6b6b6b', '#a8a8a8'],
  f1: ['#8d8d8d', '#868686'],
  f2: ['#aaaaaa', '#6c6c6c'],
  text: ['#1d1d1f', '#ececec'],
  quiet: ['#5f6368', '#a5a9ad'],
  grid: ['#e3e4e6', '#33363a'],
  paper: ['#ffffff', '#17191c'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>

/** The name of a colour, which a page or picture knows by theme. */
export type Colour = keyof typeof colours

/** How a line is drawn. */
export interface Style {
  readonly colour: Colour
  readonly width: number
  readonly dash: 'solid' | 'dashed' | 'dotted'
  readonly symbol: string
}

const families: Readonly<Record<ContenderKind, readonly Colour[]>> = {
  varve: ['v0', 'v1', 'v2', 'v3', 'v4', 'v5'],
  peer: ['p0', 'p1', 'p2', 'p3', 'p4'],
  floor: ['f0', 'f1', 'f2'],
}
const symbols = ['circle', 'rect', 'triangle', 'diamond']
const dashes = ['solid', 'dashed', 'dotted'] as const

/** One style for each name, the same in all pictures; lines that meet in one look different while there are enough. */
export function stylesOf(pictures: readonly (readonly Line[])[]): ReadonlyMap<string, Style> {
  const styles = new Map<string, Style>()
  for (const { name, kind } of pictures.flat()) {
    if (styles.has(name)) continue
    const met = pictures.filter((lines) => lines.some((line) => line.name === name)).flat()
    const taken = [...new Set(met.map((line) => line.name))].flatMap((other) => styles.get(other)?.colour ?? [])
    const family = families[kind]
    const uses = (colour: Colour): number => taken.filter((each) => each === colour).length
    const [colour = 'v0'] = [...family].sort((a, b) => uses(a) - uses(b))
    styles.set(name, styleOf(kind, colour, uses(colour), family.indexOf(colour)))
  }
  return styles
}

function styleOf(kind: ContenderKind, colour: Colour, same: number, place: number): Style {
  const symbol = symbols[(place + same) % symbols.length] ?? 'circle'
  const dash = dashes[(kind === 'floor' ? place + 1 : same) % dashes.length] ?? 'solid'
  return { colour, dash, symbol, width: kind === 'varve' ? 2.5 : 1.5 }
}
