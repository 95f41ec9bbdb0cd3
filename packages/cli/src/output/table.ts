/** One column of a table. */
export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

const gap = '  '
/** What a terminal obeys and does not show. */
const invisible = /\u001b\[\d+m/g

/** How many characters wide a text is shown. */
function widthOf(text: string): number {
  return text.replace(invisible, '').length
}

function pad(text: string, width: number, align: Column['align'] = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'left' ? text + space : space + text
}

/** Lines of a table: a line of titles, then one for each row. Cells may be coloured. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paintTitle: (text: string) => string,
): string[] {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => widthOf(row[at] ?? ''))))
  const lineOf = (cells: readonly string[]): string =>
    columns.map(({ align }, at) => pad(cells[at] ?? '', widths[at] ?? 0, align)).join(gap).trimEnd()
  return [paintTitle(lineOf(columns.map(({ title }) => title))), ...rows.map(lineOf)]
}

/** Names and values below each other, aligned; long values go on below themselves. */
export function pairs(
  entries: readonly (readonly [name: string, value: string])[],
  paintName: (text: string) => string,
  columns: number,
  indent = '',
): string[] {
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  const hanging = indent + ' '.repeat(width) + gap
  return entries.flatMap(([name, value]) => {
    const [first = '', ...more] = wrap(value, columns - hanging.length)
    return [`${indent}${paintName(name.padEnd(width))}${gap}${first}`, ...more.map((line) => hanging + line)]
  })
}

/** Breaks a text into lines of at most `width` characters, at spaces; every line begins with `indent`. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(indent + line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, indent + line]
}
