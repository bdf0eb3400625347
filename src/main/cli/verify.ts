import { type Command, InvalidArgumentError } from 'commander'
import { resolve } from 'node:path'
import { Obstacle } from '../explain.ts'
import type { SignaturesAsked } from '../package-signatures.ts'
import type { Asked, Verdict } from '../verifying.ts'
import { config, print, UsageError } from './call.ts'

interface Options {
  readonly trust?: string
  readonly pinned?: readonly string[]
  readonly witnessQuorum?: number
  readonly strict?: true
  readonly json?: true
}

/** What cannot be read is a wrong call here: a failure of any other command would be taken for tampering. */
function keyIn<Key>(file: string, readKey: (file: string) => Key): Key {
  try {
    return readKey(file)
  } catch (error) {
    throw error instanceof Obstacle ? new UsageError(error.message) : error
  }
}

/** Checks by somebody who does not believe us. Their exit codes are their own: 1 is tampering, 2 is a wrong call. */
export function verifyCommands(program: Command): void {
  const verify = program.command('verify').usage('<команда>').description('проверить печать журнала')

  const checking = (name: string, description: string): Command =>
    verify
      .command(name)
      .usage('[параметры]')
      .description(
        `${description}; коды: 0 проверено, 1 нарушение, 2 прочесть нельзя, 3 никто не ручается, 4 есть предупреждения (--strict)`,
      )
      .option('--trust <file>', 'кому верят: JSON {"keys": […], "witnesses": […], "quorum": 1}')
      .option('--pinned <files...>', 'контрольные точки, сохранённые вне установки')
      .option('--witness-quorum <число>', 'сколько свидетелей должны подписаться', parsedCount)
      .option('--strict', 'предупреждения — тоже не успех')
      .option('--json', 'в JSON')

  checking('log', 'журнал событий установки: каждую запись, её место и подписи').action(
    async (options: Options) => {
      const { verifyOwnLog } = await import('../verifying.ts')
      say(await verifyOwnLog(config(), options), options)
    },
  )

  checking('backup', 'папку копий: без сети и базы, против контрольных точек (--pinned)')
    .option('--from <folder>', 'папка копий; без неё — LETOPIS_BACKUP_DIR')
    .option('--copy <number>', 'номер копии; без него — последняя', parsedCount)
    .option('--key-file <file>', 'файл ключа шифрования; без него — LETOPIS_BACKUP_KEY_FILE')
    .action(async (options: Options & { from?: string; copy?: number; keyFile?: string }) => {
      const [{ verifyBackup }, { readBackupKey }] = [
        await import('../verifying.ts'),
        await import('../backup/backup-key-file.ts'),
      ]
      const folder = options.from ?? config().backup?.folder
      if (folder === undefined) throw new UsageError('Укажите папку копий: --from или LETOPIS_BACKUP_DIR.')
      const file = options.keyFile ?? process.env['LETOPIS_BACKUP_KEY_FILE']
      const key = file === undefined ? null : keyIn(file, readBackupKey)
      const asked = { ...options, folder: resolve(folder), copy: options.copy ?? null, key }
      say(await verifyBackup(asked), options)
    })

  checking('checkpoint', 'контрольную точку: подписи, и не спорит ли она с сохранёнными')
    .argument('<файл>', 'контрольная точка')
    .action(async (file: string, options: Options) => {
      const { verifyCheckpoint } = await import('../verifying.ts')
      say(await verifyCheckpoint(file, asked(options)), options)
    })

  checking('consistency', 'продолжает ли новая контрольная точка прежнюю')
    .argument('<прежняя>', 'файл прежней контрольной точки')
    .argument('<новая>', 'файл новой')
    .option('--proof <file>', 'ответ GET /log/consistency?from=…&to=…')
    .action(async (older: string, newer: string, options: Options & { proof?: string }) => {
      const { verifyConsistency } = await import('../verifying.ts')
      say(await verifyConsistency(older, newer, options.proof, asked(options)), options)
    })

  checking('remote', 'чужую службу: взять её контрольную точку и сохранить, если она продолжает прежнюю')
    .argument('<адрес>', 'адрес службы, https://journal.school35.example')
    .requiredOption('--kept <folder>', 'своя папка: в ней остаётся всё, что было показано')
    .action(async (url: string, options: Options & { kept: string }) => {
      const { verifyRemote } = await import('../verify-remote.ts')
      if (!/^https?:\/\/\S+$/.test(url)) throw new UsageError('Адрес службы — https://…')
      say(await verifyRemote({ ...asked(options), url, kept: resolve(options.kept) }), options)
    })

  checking('package', 'архивный пакет: без сети и базы, с начала до конца')
    .argument('<файл или папка>', 'пакет, как он передан, или распакованный')
    .option('--signature <files...>', 'подписи CMS под описью пакета, лежащие отдельно от него')
    .option('--authorities <folder>', 'папка сертификатов удостоверяющих центров, которым верят')
    .action(async (path: string, options: Options & SignaturesAsked) => {
      const { verifyPackageFile } = await import('../verifying-packages.ts')
      const { signature, authorities } = options
      const signatures = {
        ...(signature !== undefined && { signature }),
        ...(authorities !== undefined && { authorities: resolve(authorities) }),
      }
      say(await verifyPackageFile(resolve(path), { ...asked(options), ...signatures }), options)
    })

  checking('proof', 'стоит ли запись в журнале')
    .argument('<файл>', 'ответ GET /log/proof/<событие>')
    .requiredOption('--record <file>', 'запись: её канонический текст, строка NDJSON')
    .action(async (file: string, options: Options & { record: string }) => {
      const { verifyProof } = await import('../verifying.ts')
      say(await verifyProof(file, options.record, asked(options)), options)
    })
}

const asked = ({ trust, pinned, witnessQuorum, strict }: Options): Asked => ({
  ...(trust !== undefined && { trust }),
  ...(pinned !== undefined && { pinned }),
  ...(witnessQuorum !== undefined && { witnessQuorum }),
  ...(strict !== undefined && { strict }),
})

function parsedCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Это не число.')
  return Number(text)
}

function say(verdict: Verdict, options: Options): void {
  print(verdict, options)
  process.exitCode = verdict.exit
}
