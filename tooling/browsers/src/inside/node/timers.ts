// `node:timers`, as far as tests use it: a turn of the event loop that waits for nothing.

interface Port {
  onmessage: (() => void) | null
  postMessage(message: undefined): void
}
declare const MessageChannel: new () => { readonly port1: Port; readonly port2: Port }

type Task = () => void

const { port1, port2 } = new MessageChannel()
let due: Task[] = []

port1.onmessage = () => { due.shift()?.() }

/** Runs the task in the next turn; what is returned is for {@link clearImmediate}. */
export function setImmediate(task: Task): Task {
  due.push(task)
  port2.postMessage(undefined)
  return task
}

export function clearImmediate(task: Task): void {
  due = due.map((each) => (each === task ? (): void => undefined : each))
}
