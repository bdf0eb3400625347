import { newProgram } from '#main/cli/program.ts'

/** What `letopis <words> --help` prints; the starts of processes for all of them would take minutes. @throws no such command */
export function helpOf(words: readonly string[]): string {
  let command = newProgram()
  for (const word of words) {
    const under = command.commands.find((one) => one.name() === word)
    if (under === undefined) throw new Error(`letopis ${words.join(' ')}: there is no ${word}`)
    command = under
  }
  let printed = ''
  command.configureOutput({ writeOut: (text) => (printed += text) }).outputHelp()
  return printed
}
