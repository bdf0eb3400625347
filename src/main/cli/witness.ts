import { type Command, InvalidArgumentError } from 'commander'
import { resolve } from 'node:path'
import { print, stopOn } from './call.ts'

/** A witness of logs (C2SP tlog-witness): of another machine, and without an installation. */
export function witnessCommands(program: Command, failed: (error: unknown) => never): void {
  const witness = program
    .command('witness')
    .usage('<команда>')
    .description('свидетель: подписывает контрольные точки чужих журналов, пока те продолжают прежние')

  witness
    .command('new')
    .usage('[параметры]')
    .description('сделать ключ свидетеля и показать его открытую часть')
    .requiredOption('--name <имя>', 'имя свидетеля навсегда: witness.education.example/w1')
    .requiredOption('--folder <folder>', 'папка ключа и того, что подписано последним')
    .option('--json', 'в JSON')
    .action(async (options: { name: string; folder: string; json?: true }) => {
      const { newWitnessKey } = await import('../seal-keys.ts')
      print(newWitnessKey(resolve(options.folder), options.name), options)
    })

  witness
    .command('serve')
    .usage('[параметры]')
    .description('отвечать журналам: POST /add-checkpoint')
    .requiredOption('--folder <folder>', 'папка ключа и того, что подписано последним')
    .requiredOption('--trust <file>', 'ключи журналов: JSON {"keys": ["journal.school35.example/log+…"]}')
    .option('--host <адрес>', 'адрес', '127.0.0.1')
    .option('--port <порт>', 'порт', parsedPort, 8081)
    .action(async (options: { folder: string; trust: string; host: string; port: number }) => {
      const { serveWitness } = await import('../witness.ts')
      const served = await serveWitness({ ...options, folder: resolve(options.folder) })
      stopOn(['SIGINT', 'SIGTERM'], () => served.close(), failed)
      process.stdout.write(`Свидетель отвечает: ${served.address}\n`)
    })
}

function parsedPort(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('это не порт.')
  return port
}
