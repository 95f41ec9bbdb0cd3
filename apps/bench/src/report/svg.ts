import { escaped } from './html-text.ts'
import { colours, type Colour } from './styles.ts'

const names = Object.keys(colours) as readonly Colour[]

/** A colour that stands for another one until {@link tidySvg} puts its name there. */
export function placeholder(colour: Colour): string {
  return `#0bad${names.indexOf(colour).toString(16).padStart(2, '0')}`
}

/** What the renderer writes for programs that react to a mouse, and what says nothing. */
const superfluous = [
  /<style ><!\[CDATA\[.*?\]\]>\s*<\/style>/gs,
  /<rect width="\d+" height="\d+" x="0" y="0" fill="none"><\/rect>\n?/g,
  / (class|pointer-events|xmlns:xlink|version|baseProfile|xml:space|ecmeta_\w+)="[^"]*"/g,
  / style="font-size:12px;font-family:sans-serif;"/g,
  /<defs\s*>.*?<\/defs>/gs,
  /<\/?g\b[^>]*>/g,
  /<path [^>]*fill-opacity="0"[^>]*><\/path>/g,
  /<path [^>]*fill="none"(?![^>]*stroke=)[^>]*><\/path>/g,
  / (x|y)="0"/g,
  / stroke-linecap="round"/g,
]

/** A circle as the renderer draws it, at a place and of a size. */
const circle = /<path d="M1 0A[^"]*" transform="matrix\(([\d.]+),0,0,[\d.]+,([\d.]+),([\d.]+)\)"/g

/** A renderer's SVG without what says nothing: colours by name, a title for those who cannot see it. */
export function tidySvg(svg: string, title: string): string {
  let text = superfluous.reduce((rest, pattern) => rest.replace(pattern, ''), svg)
  text = text.replace(/#0bad([0-9a-f]{2})/g, (_, hex: string) => `var(--${names[Number.parseInt(hex, 16)] ?? 'text'})`)
  text = text.replace(/-?\d+\.\d{2,}/g, rounded)
  text = text.replace(circle, '<circle r="$1" cx="$2" cy="$3"')
  text = text.replace(/><\/(path|rect|circle|line)>/g, '/>')
  const head = ` role="img" font-family="system-ui, sans-serif" font-size="12"><title>${escaped(title)}</title>`
  return text.replace(/^(<svg [^>]*)>/, `$1${head}`).replace(/\n{2,}/g, '\n').trim()
}

/** To a tenth of a pixel; the smallest numbers are no places, they keep an arc from ending where it began. */
function rounded(number: string): string {
  const value = Number(number)
  return Math.abs(value) < 0.01 ? number : String(Math.round(value * 10) / 10)
}

/** Names of colours as CSS for both themes. */
export function colourStyle(selector: string): string {
  const values = (theme: 0 | 1): string => names.map((name) => `--${name}:${colours[name][theme]}`).join(';\n')
  return `${selector}{${values(0)}}\n@media (prefers-color-scheme:dark){${selector}{${values(1)}}}\n`
}

const columnsMax = 120

/** A picture that stands alone, as a text file: it brings its colours and its ground, and no line is too long. */
export function standalone(svg: string): string {
  const used = colourStyle('svg').replace(/--(\w+):#\w+(;\n)?/g, (value, name: string) =>
    name === 'paper' || svg.includes(`--${name})`) ? value : '',
  )
  const ground = `<style>${used}</style>\n<rect width="100%" height="100%" rx="6" fill="var(--paper)"/>`
  const lines = svg.replace('</title>', `</title>\n${ground}`).split('\n').flatMap(wrapped)
  return `${lines.join('\n')}\n`
}

/** Breaks at spaces, which mean the same as line ends between attributes and within a path. */
function wrapped(line: string): readonly string[] {
  const lines: string[] = []
  let rest = line.trimEnd()
  while (rest.length > columnsMax) {
    const at = rest.lastIndexOf(' ', columnsMax)
    if (at <= 0) break
    lines.push(rest.slice(0, at))
    rest = rest.slice(at + 1)
  }
  return [...lines, rest]
}
