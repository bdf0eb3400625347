import type { Command } from 'commander'
import { config, print } from './call.ts'

/** The keys of an installation. */
export function keysCommands(program: Command): void {
  const keys = program.command('keys').usage('<команда>').description('ключи установки')

  keys
    .command('rotate-tokens')
    .usage('[параметры]')
    .description('сменить ключ, которым подписываются токены доступа; службу останавливать не нужно')
    .option('--revoke', 'прежний ключ утрачен или раскрыт: его токены недействительны сразу')
    .option('--json', 'ответ в JSON')
    .action(async (options: { revoke?: true; json?: true }) => {
      const { rotateTokenKeys } = await import('../token-key-folder.ts')
      print(rotateTokenKeys(config().data, { revoke: options.revoke === true }), options)
    })
}
