import type { Command } from 'commander'
import { resolve } from 'node:path'
import { z } from 'zod'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import type { Copies } from '../backup/operations.ts'
import { config, parsed, print, UsageError } from './call.ts'

const CopyNumber = z.coerce.number().int().min(1)

interface Where {
  readonly to?: string
  readonly from?: string
  readonly keyFile?: string
  readonly json?: true
}

interface Writing extends Where {
  readonly unencrypted?: true
}

/** Copies of an installation: making, looking at, restoring. */
export function backupCommands(program: Command): void {
  const backup = program.command('backup').enablePositionalOptions()
  backup
    .usage('[параметры] [команда]')
    .description('сделать резервную копию установки')
    .option('--to <folder>', 'папка копий; без неё — LETOPIS_BACKUP_DIR')
    .option('--key-file <file>', 'файл ключа шифрования; без него — LETOPIS_BACKUP_KEY_FILE')
    .option('--unencrypted', 'не шифровать: в копии будут открыто лежать имена и учётные данные')
    .option('--anew', 'начать копии заново: журнал нарочно возвращён к более раннему состоянию')
    .option('--json', 'отчёт в JSON')
    .action(async (options: Writing & { anew?: true }) => {
      const { backUp } = await import('../backup/operations.ts')
      print(await backUp(config(), await written(options), options.anew === true), options)
    })

  backup
    .command('list')
    .usage('[параметры]')
    .description('какие копии есть, и последнее учебное восстановление')
    .option('--from <folder>', 'папка копий; без неё — LETOPIS_BACKUP_DIR')
    .option('--json', 'в JSON')
    .action(async (options: Where) => {
      const { listOf } = await import('../backup/operations.ts')
      print(listOf(folderOf(options)), options)
    })

  backup
    .command('verify')
    .usage('[параметры] [копия]')
    .description(
      'прочитать копию от начала до конца и проверить: без сети и базы, хоть с носителя только для чтения',
    )
    .argument('[копия]', 'номер; без него — последняя', parsed(CopyNumber))
    .option('--from <folder>', 'папка копий; без неё — LETOPIS_BACKUP_DIR')
    .option('--key-file <file>', 'файл ключа шифрования; без него — LETOPIS_BACKUP_KEY_FILE')
    .option('--json', 'в JSON')
    .action(async (copy: number | undefined, options: Where) => {
      const { verify } = await import('../backup/operations.ts')
      print(await verify(await read(options), copy ?? null), options)
    })

  const restore = program.command('restore').enablePositionalOptions()
  restore
    .usage('[параметры] [команда]')
    .description('восстановить копию в пустую установку')
    .option('--from <folder>', 'папка копий; без неё — LETOPIS_BACKUP_DIR')
    .option('--copy <number>', 'номер копии; без него — последняя', parsed(CopyNumber))
    .option('--key-file <file>', 'файл ключа шифрования; без него — LETOPIS_BACKUP_KEY_FILE')
    .option('--json', 'отчёт в JSON')
    .action(async (options: Where & { copy?: number }) => {
      const operations = await import('../backup/operations.ts')
      print(await operations.restore(config(), await read(options), options.copy ?? null), options)
    })

  restore
    .command('periods')
    .usage('[параметры] <папка…>')
    .description('восстановить в пустую установку выгрузки школы за смежные периоды, все вместе')
    .argument('<папка...>', 'папки выгрузок (letopis export), в любом порядке')
    .option('--key-file <file>', 'файл ключа шифрования; без него — LETOPIS_BACKUP_KEY_FILE')
    .option('--json', 'отчёт в JSON')
    .action(async (folders: string[], options: Where) => {
      const { restorePeriodsOf } = await import('../backup/operations.ts')
      const { key } = await read({ ...options, from: folders[0]! })
      print(await restorePeriodsOf(config(), folders, key), options)
    })

  restore
    .command('drill')
    .usage('[параметры]')
    .description(
      'учебное восстановление: во временное место, со сверкой и записью результата рядом с копиями',
    )
    .option('--from <folder>', 'папка копий; без неё — LETOPIS_BACKUP_DIR')
    .option('--copy <number>', 'номер копии; без него — последняя', parsed(CopyNumber))
    .option('--into <url>', 'пустая база PostgreSQL; без неё — встроенная база во временной папке')
    .option('--key-file <file>', 'файл ключа шифрования; без него — LETOPIS_BACKUP_KEY_FILE')
    .option('--json', 'отчёт в JSON')
    .action(async (options: Where & { copy?: number; into?: string }) => {
      const { drill } = await import('../backup/operations.ts')
      const asked = { copy: options.copy ?? null, into: options.into ?? null }
      const report = await drill(config(), await read(options), asked)
      print(report, options)
      if (!report.ok) process.exitCode = 3
    })

  program
    .command('export')
    .usage('[параметры]')
    .description('выгрузить события одной школы за любое время, с именами, в пустую папку')
    .requiredOption('--school <slug>', 'школа', parsed(SchoolSlug))
    .option('--since <date>', 'первый день по времени записи; без него — с начала', parsed(LocalDate))
    .option('--until <date>', 'последний день по времени записи; без него — по сей час', parsed(LocalDate))
    .requiredOption('--to <folder>', 'пустая папка')
    .option('--key-file <file>', 'файл ключа шифрования; без него — LETOPIS_BACKUP_KEY_FILE')
    .option('--unencrypted', 'не шифровать')
    .option('--json', 'отчёт в JSON')
    .action(async (options: Writing & { school: SchoolSlug; since?: LocalDate; until?: LocalDate }) => {
      const { exportOf } = await import('../backup/operations.ts')
      const { since, until } = options
      if (since !== undefined && until !== undefined && since > until) {
        throw new UsageError('--since позже, чем --until.')
      }
      print(await exportOf(config(), await written(options), options), options)
    })
}

function folderOf({ to, from }: Where): string {
  const folder = to ?? from ?? config().backup?.folder
  if (folder === undefined) throw new UsageError('Укажите папку копий: параметром или в LETOPIS_BACKUP_DIR.')
  return resolve(folder)
}

/** Copies that are to be read: the key is needed where they are encrypted. */
async function read(options: Where): Promise<Copies> {
  const { readBackupKey } = await import('../backup/backup-key-file.ts')
  const file = options.keyFile ?? process.env['LETOPIS_BACKUP_KEY_FILE']
  return { folder: folderOf(options), key: file === undefined ? null : readBackupKey(file) }
}

/** Copies that are to be written: encrypted, unless somebody says that they need not be (R-A1.s1). */
async function written(options: Writing): Promise<Copies> {
  if (options.unencrypted === true) {
    if (options.keyFile !== undefined)
      throw new UsageError('--unencrypted и --key-file исключают друг друга.')
    return { folder: folderOf(options), key: null }
  }
  const copies = await read(options)
  if (copies.key !== null) return copies
  throw new UsageError(
    'Нужен ключ шифрования: --key-file или LETOPIS_BACKUP_KEY_FILE (сделать: openssl rand -hex 32 > файл). ' +
      'Без шифрования — только явно: --unencrypted.',
  )
}
