import type { Command } from 'commander'
import { z } from 'zod'
import { LogInName } from '#commands/access/log-in-name.ts'
import { SchoolSlug } from '#values/school.ts'
import { label } from '#values/text.ts'
import { dateAt, LocalDate, systemClock } from '#values/time.ts'
import { config, parsed, print } from './call.ts'

const Days = z.coerce.number().int().min(1).max(90)

/** The schools of an installation. */
export function schoolCommands(program: Command): void {
  const school = program.command('school').usage('<команда>').description('школы установки')

  school
    .command('create')
    .usage('[параметры]')
    .description('завести школу и её первого системного администратора')
    .requiredOption(
      '--school <slug>',
      'короткое имя: латинские буквы и цифры; навсегда входит в адреса',
      parsed(SchoolSlug),
    )
    .requiredOption('--name <название>', 'название школы', parsed(label(200)))
    .requiredOption('--administrator <имя>', 'имя для входа администратора', parsed(LogInName))
    .option('--agreement <номер>', 'договор об обработке персональных данных', parsed(label(60)))
    .option('--days <дней>', 'срок кода активации, от 1 до 90; без параметра — 7', parsed(Days))
    .option('--json', 'ответ в JSON')
    .action(
      async (options: {
        school: SchoolSlug
        name: string
        administrator: string
        agreement?: string
        days?: number
        json?: true
      }) => {
        const { createSchool } = await import('../school.ts')
        const { withInstallation } = await import('../operations.ts')
        const settings = config()
        const { days = 7 } = options
        const report = await withInstallation(settings, (open) =>
          createSchool(open, { ...options, days }, settings.zone),
        )
        print(report, options)
      },
    )

  school
    .command('agreement')
    .usage('[параметры]')
    .description('записать договор, по которому обрабатываются данные школы')
    .requiredOption('--school <slug>', 'школа', parsed(SchoolSlug))
    .requiredOption('--agreement <номер>', 'номер и дата договора', parsed(label(60)))
    .option(
      '--from <YYYY-MM-DD>',
      'с какого дня действует; без параметра — с сегодняшнего',
      parsed(LocalDate),
    )
    .option('--json', 'ответ в JSON')
    .action(async (options: { school: SchoolSlug; agreement: string; from?: LocalDate; json?: true }) => {
      const { recordAgreement } = await import('../school.ts')
      const { withInstallation } = await import('../operations.ts')
      const settings = config()
      const { school: slug, agreement, from = dateAt(systemClock(), settings.zone) } = options
      const asked = { school: slug, agreement, from }
      print(await withInstallation(settings, (open) => recordAgreement(open, asked)), options)
    })
}
