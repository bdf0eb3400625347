import type { Command } from 'commander'
import { parsePosition, type Position } from '#events/store/position.ts'
import { config, parsed, print } from './call.ts'

const PositionOption = {
  safeParse: (text: string) => {
    const position = parsePosition(text)
    return position === null ? { success: false } : { success: true, data: position }
  },
}

/** What is told to NATS. */
export function relayCommands(program: Command): void {
  const relay = program.command('relay').usage('<команда>').description('передача событий в NATS')

  relay
    .command('status')
    .usage('[параметры]')
    .description('докуда передано, и каков поток NATS')
    .option('--json', 'в JSON')
    .action(async (options: { json?: true }) => {
      const { relayStatus } = await import('../relay.ts')
      print(await relayStatus(config()), options)
    })

  relay
    .command('replay')
    .usage('[параметры]')
    .description('передать снова всё, что после позиции')
    .requiredOption(
      '--from <позиция>',
      'после какой, например 4711-4711; 0-0 — с начала',
      parsed(PositionOption),
    )
    .option('--json', 'в JSON')
    .action(async (options: { from: Position; json?: true }) => {
      const { replay } = await import('../relay.ts')
      print(await replay(config(), options.from), options)
    })
}
