import { commonOptions, helpOption } from './common-options.ts'
import type { Command } from './command.ts'
import { flagsOf } from './option-flags.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** A script that teaches a shell the commands, their options, and the values that are few. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands)
    case 'zsh':
      return `#compdef varve\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
    case 'fish':
      return fish(commands)
  }
}

/** First words, and behind each of those that group commands the second ones. */
function wordsOf(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>()
  for (const { name } of commands) {
    const [first = name, second] = name.split(' ')
    const behind = words.get(first) ?? []
    words.set(first, second === undefined ? behind : [...behind, second])
  }
  return words
}

function bash(commands: readonly Command[]): string {
  const words = wordsOf(commands)
  const groups = [...words].filter(([, behind]) => behind.length > 0)
  const arms = commands.map((command) => `    '${command.name}') options='${optionWords(command)}' ;;`)
  const valueArms = valuesOf(commands).map(([option, values]) => `    ${option}) values='${values.join(' ')}' ;;`)
  const fixed = commands.flatMap(({ name, arguments: given }) => {
    const values = given.flatMap((argument) => argument.values ?? [])
    return values.length === 0 ? [] : [`    '${name}') values='${values.join(' ')}' ;;`]
  })
  return [
    '_varve() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}',
    "  local options='' values=''",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${[...words.keys()].join(' ')}' -- "$current")); return`,
    '  fi',
    '  case "$command" in',
    ...groups.map(([first, behind]) => {
      return `    ${first}) values='${behind.join(' ')}'; command="$command \${COMP_WORDS[2]}" ;;`
    }),
    '  esac',
    '  if [ "$COMP_CWORD" -eq 2 ] && [ -n "$values" ]; then',
    '    COMPREPLY=($(compgen -W "$values" -- "$current")); return',
    '  fi',
    "  values=''",
    '  case "$before" in',
    ...valueArms,
    '  esac',
    '  case "$command" in',
    ...fixed,
    '  esac',
    '  if [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$current")); return; fi',
    '  case "$command" in',
    ...arms,
    '  esac',
    '  case "$current" in',
    '    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;',
    '    *) COMPREPLY=($(compgen -d -- "$current")) ;;',
    '  esac',
    '}',
    'complete -o filenames -F _varve varve',
    '',
  ].join('\n')
}

function optionWords({ options }: Command): string {
  return [...options, ...commonOptions, helpOption].flatMap((option) => {
    const { short, long } = flagsOf(option)
    return short === undefined ? [long] : [short, long]
  }).join(' ')
}

/** Options whose values are few, each with its values. */
function valuesOf(commands: readonly Command[]): readonly (readonly [string, readonly string[]])[] {
  const options = [...commands.flatMap((command) => command.options), ...commonOptions]
  const values = options.flatMap((option) => {
    return option.values === undefined ? [] : [[flagsOf(option).long, option.values] as const]
  })
  return [...new Map(values)]
}

function fish(commands: readonly Command[]): string {
  const lines = ['complete -c varve -f -a "(__fish_complete_directories)"']
  const groups = new Set<string>()
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ')
    if (second === undefined || !groups.has(first)) {
      groups.add(first)
      const text = second === undefined ? ` -d ${quoted(command.summary)}` : ''
      lines.push(`complete -c varve -n __fish_use_subcommand -f -a ${first}${text}`)
    }
    const here = `'__fish_seen_subcommand_from ${first}'`
    if (second !== undefined) lines.push(`complete -c varve -n ${here} -f -a ${second} -d ${quoted(command.summary)}`)
    const seen = second === undefined ? here : `'__fish_seen_subcommand_from ${second}'`
    for (const value of command.arguments.flatMap((argument) => argument.values ?? [])) {
      lines.push(`complete -c varve -n ${here} -f -a ${value}`)
    }
    for (const option of [...command.options, ...commonOptions, helpOption]) lines.push(fishOption(seen, option))
  }
  return `${lines.join('\n')}\n`
}

function fishOption(seen: string, option: Command['options'][number]): string {
  const { short, long, value } = flagsOf(option)
  const shortPart = short === undefined ? '' : ` -s ${short.slice(1)}`
  const values = option.values === undefined ? '' : ` -a '${option.values.join(' ')}'`
  const valuePart = value === undefined ? '' : ` -x${values}`
  return `complete -c varve -n ${seen}${shortPart} -l ${long.slice(2)}${valuePart} -d ${quoted(option.text)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`\'`)}'`
}
