const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

export interface TableRow {
  readonly class?: string
  readonly cells: readonly string[]
}

/** Cells that look like numbers stand right. */
export function table(heads: readonly string[], rows: readonly TableRow[]): string {
  const head = heads.map((each) => `<th>${escaped(each)}</th>`).join('')
  const body = rows.map((row) => `<tr class="${row.class ?? ''}">${row.cells.map(cell).join('')}</tr>`)
  return `<table><tr>${head}</tr>${body.join('')}</table>`
}

function cell(text: string): string {
  return /^[\d.,]+$/.test(text) ? `<td class="number">${text}</td>` : `<td>${escaped(text)}</td>`
}
