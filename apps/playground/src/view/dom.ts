/** The element of the page with that id, which is known to be there, and of that class. */
export function find<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`the page has no ${type.name} '${id}'`)
}

/** Makes an element with text in it. */
export function made<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  text = '',
  className = '',
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  element.textContent = text
  if (className !== '') element.className = className
  return element
}

/** Makes an element of a drawing. */
export function drawn<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>>,
  text = '',
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  if (text !== '') element.textContent = text
  return element
}

/** Says something where it is not said already: a live region speaks up only for what is new. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Calls `action` when the button is pressed. */
export function pressed(id: string, action: () => unknown): HTMLButtonElement {
  const button = find(id, HTMLButtonElement)
  button.addEventListener('click', () => void action())
  return button
}
