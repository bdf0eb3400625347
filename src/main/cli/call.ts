import { InvalidArgumentError } from 'commander'
import { type Config, readConfig } from '../config.ts'

/** What a command line operation says, to people and to programs. */
export interface Report {
  readonly lines: readonly string[]
  readonly json: unknown
}

/** The call itself is wrong: said in one line, with exit code 2. */
export class UsageError extends Error {}

/** The configuration, of the environment. @throws {BadConfig} */
export function config(): Config {
  return readConfig(process.env)
}

/** An option that must have the form of a value; what is wrong is said in one line. */
export function parsed<Value>(schema: {
  safeParse(text: string): { success: boolean; data?: Value }
}): (text: string) => Value {
  return (text) => {
    const result = schema.safeParse(text)
    if (!result.success) throw new InvalidArgumentError(`«${text}» не годится.`)
    return result.data!
  }
}

export function print(report: Report, { json }: { json?: true }): void {
  process.stdout.write(json ? `${JSON.stringify(report.json, null, 2)}\n` : `${report.lines.join('\n')}\n`)
}

/** The first signal lets everything at hand finish; the second does not wait. */
export function stopOn(
  signals: readonly NodeJS.Signals[],
  close: () => Promise<void>,
  failed: (error: unknown) => never,
): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    process.stderr.write('Заканчиваю начатое…\n')
    close().then(() => process.exit(0), failed)
  }
  for (const signal of signals) process.on(signal, stop)
}
