import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openMetrics } from '#main/metrics.ts'
import { helpOf } from '#support/command-help.ts'
import { ROOT } from '../../scripts/rule-sources.ts'

const runbooks = globSync('docs/runbooks/*.md', { cwd: ROOT }).toSorted()
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** A command line of ours that a document quotes, word for word, without what starts it. */
interface Quoted {
  readonly file: string
  readonly words: readonly string[]
}

/** In blocks of shell and in code within a line; as an installation, a clone and a container call it. */
function quotedIn(file: string): Quoted[] {
  const text = read(file)
  const blocks = [...text.matchAll(/^```(?:sh)?\n(.*?)^```/gms)].flatMap(([, block]) => block!.split('\n'))
  const spans = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
  return [...blocks, ...spans].flatMap((line) => {
    const [, call] =
      /(?:^|npx |\/opt\/letopis\/|exec \w+ |run --rm \w+ )letopis ((?:-|[a-z]).*)$/.exec(line) ?? []
    return call === undefined ? [] : [{ file, words: wordsOf(call) }]
  })
}

/** The words of a shell command up to the first pipe, redirection or comment; a text in quotes is one word. */
function wordsOf(call: string): string[] {
  const [own = ''] = call.split(/ [|>&#;]|;/)
  return [...own.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word)
}

/** What a command says of itself, by its words. */
const explained = new Map<string, string>()

function help(command: readonly string[]): string {
  const text = helpOf(command)
  explained.set(command.join(' '), text)
  return text
}

/** The commands that a help text lists. */
const listedIn = (text: string): string[] =>
  [...(/^Команды:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm)].map(
    ([, name]) => name!,
  )

for (const name of listedIn(help([]))) {
  if (name === 'help') continue
  for (const under of listedIn(help([name]))) if (under !== 'help') help([name, under])
}

/** The longest run of words that is a command. */
function commandOf(words: readonly string[]): string | null {
  for (const length of [2, 1, 0]) {
    const name = words.slice(0, length).join(' ')
    if (explained.has(name) && words.length >= length) return name
  }
  return null
}

describe('the runbooks', () => {
  const quoted = [...runbooks, ...globSync('docs/guides/*.md', { cwd: ROOT })].flatMap(quotedIn)

  it('are all in their list', () => {
    const links = read('docs/runbooks/README.md').matchAll(/\]\(([\w-]+\.md)\)/g)
    const listed = new Set([...links].map(([, name]) => name!))
    const standing = runbooks
      .map((file) => file.replace('docs/runbooks/', ''))
      .filter((name) => name !== 'README.md')
    expect(standing.filter((name) => !listed.has(name))).toEqual([])
  })

  it('quote commands of the program that it has, with options that it has', () => {
    expect(quoted.length).toBeGreaterThan(20)
    const unknown = quoted.flatMap(({ file, words }) => {
      const said = `${file}: letopis ${words.join(' ')}`
      const name = commandOf(words.filter((word) => !word.startsWith('-')).length === 0 ? [] : words)
      if (name === null || (name === '' && !words[0]!.startsWith('-'))) return [`${said} — no such command`]
      const text = explained.get(name)!
      const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!)
      return options
        .filter((option) => !new RegExp(`(^|[ ,])${option}([ ,]|$)`, 'm').test(text))
        .map((option) => `${said} — no option ${option}`)
    })
    expect(unknown).toEqual([])
  })

  it.each(runbooks.filter((file) => !file.endsWith('README.md')))(
    '%s says how one knows that it worked',
    (file) => {
      expect(read(file)).toMatch(/[Кк]ак понять, что получилось|Признаки/)
    },
  )
})

describe('docs/runbooks/monitoring.md', () => {
  it('names every metric of ours, and none that there is not', async () => {
    const metrics = openMetrics('1.2.3')
    metrics.models({
      models: [],
      store: { head: async () => null, readAll: nothing },
      clock: () => '' as never,
      positionsCount: true,
    })
    metrics.rebuilds(async () => [])
    metrics.relay(
      { position: null, published: 0, failingSince: null },
      { store: { head: async () => null, readAll: nothing }, clock: () => '' as never },
      () => false,
    )
    metrics.sealer(
      { last: null, position: null, failingSince: null },
      { store: { head: async () => null, readAll: nothing }, clock: () => '' as never },
      () => false,
    )
    metrics.witnesses([], () => false)
    metrics.archive(
      async () => ({ issued: 0, accepted: 0, failed: 0, oldest: null }),
      () => false,
    )
    metrics.deliveries({ resting: [], waiting: async () => ({ waiting: 0, oldest: null }) }, () => true)
    metrics.checks(
      async () => ({ schools: 0, differing: 0, oldest: null }),
      () => false,
    )
    metrics.copies({ lastCopy: async () => null, lastDrill: async () => null })
    const own = [...(await metrics.text()).matchAll(/^# TYPE (letopis_\w+)/gm)].map(([, name]) => name!)
    const named = [...read('docs/runbooks/monitoring.md').matchAll(/\b(letopis_\w+?)(?:_bucket)?\b/g)].map(
      ([, name]) => name!,
    )
    expect(own.length).toBeGreaterThan(20)
    expect(own.filter((name) => !named.includes(name))).toEqual([])
    expect([...new Set(named)].filter((name) => !own.includes(name))).toEqual([])
  })
})

async function* nothing(): AsyncIterable<never> {}
