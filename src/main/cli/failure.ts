import { CommanderError } from 'commander'
import { BadConfig } from '../config.ts'
import { Discrepancy } from '../discrepancy.ts'
import { describe } from '../explain.ts'
import { UsageError } from './call.ts'

/** What commander finds wrong with a call, by its code; the names that it quotes are kept. */
const MISTAKES: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'Неизвестная команда',
  'commander.unknownOption': 'Неизвестный параметр',
  'commander.missingArgument': 'Не указан аргумент',
  'commander.excessArguments': 'Лишние аргументы команды',
  'commander.optionMissingArgument': 'Не указано значение параметра',
  'commander.missingMandatoryOptionValue': 'Не указан обязательный параметр',
  'commander.invalidArgument': 'Неверное значение параметра',
}

function mistakeOf({ code, message }: CommanderError): string {
  const [, name] = /'([^']*)'/.exec(message) ?? []
  const [, why] = / is invalid\. (.*)$/.exec(message) ?? []
  const said = MISTAKES[code] ?? message
  return [name === undefined ? said : `${said} «${name}»`, why]
    .filter((part) => part !== undefined)
    .join(': ')
}

/** Says what went wrong, in a sentence, and ends the process with the exit code of it. */
export function fail(error: unknown): never {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) process.exit(0)
    // A call without a command is answered by the help, which commander has printed.
    if (error.code !== 'commander.help') process.stderr.write(`${mistakeOf(error)}\n(подсказка: --help)\n`)
    process.exit(2)
  }
  if (error instanceof BadConfig || error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
  process.stderr.write(`${describe(error)}\n`)
  process.exit(error instanceof Discrepancy ? 3 : 1)
}
