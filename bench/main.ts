/** `npm run bench -- [--quick|--full] [scenario…]`; docs/PERFORMANCE.md says how to read what it prints. */
import { parseArgs } from 'node:util'
import { installPeers } from './peers/install.ts'
import { machine } from './machine.ts'
import { isReached, type Mode } from './scenario.ts'
import { save, textOf } from './report.ts'
import { SCENARIOS } from './scenarios.ts'
import { Scratch } from './scratch.ts'

const HELP = `npm run bench -- [--quick | --full] [scenario…]

  --quick   some minutes for all scenarios (the default)
  --full    the volumes of the targets: five million events, twenty minutes of a region's load
  --list    the scenarios
  --help    this

Prints a table for each scenario and keeps it, with every sample, in bench/results/<scenario>.json.
Makes databases of its own on BENCH_POSTGRES_URL (or TEST_POSTGRES_URL, or
postgres://postgres@127.0.0.1:5432/postgres) and removes them.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    full: { type: 'boolean' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})

if (values.help === true) {
  console.log(HELP)
} else if (values.list === true) {
  for (const { name, about } of SCENARIOS) console.log(`${name.padEnd(12)} ${about}`)
} else {
  const unknown = positionals.filter((name) => SCENARIOS.every((scenario) => scenario.name !== name))
  if (unknown.length > 0 || (values.quick === true && values.full === true)) {
    console.error(unknown.length > 0 ? `no such scenario: ${unknown.join(', ')}\n` : '')
    console.error(HELP)
    process.exit(2)
  }
  await bench(values.full === true ? 'full' : 'quick', positionals)
}

async function bench(mode: Mode, names: readonly string[]): Promise<void> {
  const scratch = new Scratch()
  let stopped = false
  const stop = (why: string): void => {
    if (stopped) return
    stopped = true
    console.error(`\n${why}: removing what was made`)
    void scratch.remove().finally(() => process.exit(130))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(signal))
  // A promise that nobody will ever settle leaves Node with nothing to do.
  const onIdle = (): void => stop('nothing goes on any more')
  process.once('beforeExit', onIdle)

  installPeers()
  const on = await machine()
  console.log(`${new Date().toISOString().slice(0, 10)}, ${mode}: ${JSON.stringify(on)}\n`)
  let missed = 0
  for (const scenario of SCENARIOS) {
    if (names.length > 0 && !names.includes(scenario.name)) continue
    console.log(`## ${scenario.name}: ${scenario.about}\n`)
    const say = (text: string): void => console.error(`   ${scenario.name}: ${text}`)
    try {
      const outcome = await scenario.run({ mode, scratch, say })
      console.log(textOf(outcome))
      save(scenario, outcome, mode, on)
      missed += outcome.checks.filter((check) => isReached(check) === false).length
    } catch (error) {
      // Whoever is measured while everything is removed fails, and nobody needs to know.
      if (!stopped) throw error
    } finally {
      await scratch.remove()
    }
  }
  process.off('beforeExit', onIdle)
  if (!stopped)
    console.log(missed === 0 ? 'every target that was measured is reached' : `${missed} targets missed`)
}
