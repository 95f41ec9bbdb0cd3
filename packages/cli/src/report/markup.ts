/** Text that is HTML already. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template may hold: text is escaped, lists are joined, and what is absent is nothing. */
export type Part = Markup | string | number | undefined | readonly Part[]

/** HTML, in which everything that is put in is escaped, unless it is HTML. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = pieces[0] ?? ''
  parts.forEach((part, at) => { text += render(part) + (pieces[at + 1] ?? '') })
  return new Markup(text)
}

function render(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(render).join('')
  return escape(String(part))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Controls would be dropped or obeyed; they are shown as the one character for what cannot be shown. */
function escape(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd').replace(/[&<>"']/g, (sign) => String(entities[sign]))
}
