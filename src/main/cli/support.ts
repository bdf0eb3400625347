import type { Command } from 'commander'
import { resolve } from 'node:path'
import { SchoolSlug } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { config, parsed, print, UsageError } from './call.ts'

interface Options {
  readonly school: SchoolSlug
  readonly ticket: Uuid
  readonly file: string
  readonly trust?: string
  readonly json?: true
}

/** What the operator does for the support of a school. */
export function supportCommands(program: Command): void {
  const support = program.command('support').usage('<команда>').description('поддержка пользователей школы')

  support
    .command('deliver')
    .usage('[параметры]')
    .description('передать пакет вместо неудавшейся выгрузки: проверить его и закрыть обращение')
    .requiredOption('--school <slug>', 'школа', parsed(SchoolSlug))
    .requiredOption('--ticket <id>', 'обращение в поддержку', parsed(Uuid))
    .requiredOption('--file <file>', 'пакет, как он передаётся')
    .option('--trust <file>', 'кому верят, как у letopis verify; без него — ключу печати установки')
    .option('--json', 'ответ в JSON')
    .action(async ({ file, trust, ...options }: Options) => {
      const [{ handOver }, { withInstallation }, { readKeys }, { trustOf }] = await Promise.all([
        import('../support.ts'),
        import('../operations.ts'),
        import('../seal-keys.ts'),
        import('../verifying.ts'),
      ])
      const settings = config()
      if (trust === undefined && settings.seal === undefined)
        throw new UsageError('Укажите, кому верят (--trust): ключа печати у установки нет.')
      const trusted =
        trust === undefined
          ? { keys: readKeys(settings.seal!), witnesses: [], quorum: 0 }
          : trustOf({ trust: resolve(trust) })
      const asked = { ...options, file: resolve(file), trust: trusted }
      print(await withInstallation(settings, (open) => handOver(open, asked)), options)
    })
}
