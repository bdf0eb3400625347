import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { POSTED, VIEWS } from '#api/views/catalogue.ts'
import { COMMANDS, COMMANDS_AT_THE_DOOR } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { recordWholeLesson } from '#commands/journal-page/record-whole-lesson.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { ROOT } from '../../scripts/rule-sources.ts'
import { ASKED, type Asked } from './asked-fields.ts'

/** Everything that somebody may be asked by a command; what the service records by itself asks nobody. */
const commands: readonly Command[] = [...COMMANDS, ...COMMANDS_AT_THE_DOOR].filter(
  ({ name }) => name !== recordWholeLesson.name,
)

/** What belongs to an act alone, and is new with each: no other act can know it. */
const OF_THE_ACT = new Set(
  [
    // Since when and until when it holds.
    ['from', 'until', 'effectiveFrom', 'through', 'days'],
    // On which ground.
    ['order.number', 'order.date', 'document.kind', 'document.number', 'document.date', 'extract'],
    ['protocol.number', 'protocol.date', 'reason', 'note', 'text', 'preset'],
    // What whoever acts saw before, and that it is he.
    ['expectedVersion', 'seen', 'digest', 'manifest', 'password', 'old', 'code'],
  ].flat(),
)

const CREDIT =
  'of a protocol of a commission, where no mark of the lesson can be (п. 2.5); the kinds are of work and of remarks'

/** Facts that have one name and are about one thing, and why one does not say the other. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'account.competence.subjects identity.subject': 'subjects of the school, and the claim of an issuer',
  'breach.received-by-head breach.received-by-support':
    'п. 4.3 wants both receipts, each from whoever received',
  'credit.criterion mark.criterion': CREDIT,
  'credit.kind remark.kind work.kind': CREDIT,
  'credit.most mark.most': CREDIT,
  'credit.score mark.score': CREDIT,
  'credit.value mark.value': CREDIT,
  'exemption.until postponement.until reopening.until': 'three orders about one page, each with its own end',
  'holidays.from year.first-day': 'days within the year, and its first',
  'holidays.until year.last-day': 'days within the year, and its last',
  'homework-review.comment homework.text': 'what is to be done, and what a reviewer says of that',
  'outage.from support.opens': 'an instant, and a time of each day',
  'outage.until support.closes': 'an instant, and a time of each day',
  'own-homework.text remark.text': 'what a pupil is to do, and what is said of him',
  'package.acceptance-act package.destruction-act': 'two acts, years apart',
  'planned-lesson.moved-to-room planned-lesson.room':
    'the room of another hour, and another room of the same',
  'ticket.addition ticket.answer ticket.closing-words': 'what one says after the other',
}

interface JsonSchema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly [keyword: string]: unknown
}

/** The fields of a schema down to single values, `marks[].value`, each with the schemas that it may have. */
function fieldsOf(type: z.ZodType): Map<string, JsonSchema[]> {
  const whole = z.toJSONSchema(type, { unrepresentable: 'any', io: 'input' }) as JsonSchema
  const found = new Map<string, JsonSchema[]>()
  const walk = (schema: JsonSchema, at: string): void => {
    if (schema.$ref !== undefined) return walk(whole.$defs![schema.$ref.split('/').at(-1)!]!, at)
    const among = schema.anyOf ?? schema.oneOf
    if (among !== undefined) return among.forEach((one) => walk(one, at))
    if (schema.properties !== undefined) {
      for (const [name, of] of Object.entries(schema.properties)) walk(of, at === '' ? name : `${at}.${name}`)
    } else if (schema.items !== undefined) walk(schema.items, `${at}[]`)
    else if (schema.type !== 'null') found.set(at, [...(found.get(at) ?? []), schema])
  }
  walk(whole, '')
  return found
}

/** A string that may say anything, and not an id, a date, or a word out of a list. */
const isFree = ({ type, enum: words, format, pattern, const: only }: JsonSchema): boolean =>
  type === 'string' && [words, format, pattern, only].every((narrows) => narrows === undefined)

const words = (line: string | undefined): string[] => line?.split(' ') ?? []
const facts = (line: string | undefined) =>
  words(line).map((word) => {
    const [field, fact] = word.split('=') as [string, string]
    return { field, fact }
  })
/** Whether a word of a line speaks of a field: `policy.*` of all that begin so. */
const covers = (line: string, field: string) =>
  line.endsWith('.*') ? field.startsWith(line.slice(0, -1)) : line === field
/** What a field names, whatever it stands in: `pupil` of `marks[].pupil` and of `pupils[]`. */
const thing = (field: string) =>
  field
    .split('.')
    .at(-1)!
    .replace(/s?\[\]$/, '')
type Way = 'records' | 'corrects' | 'replaces' | 'or'
const told = (way: Way) =>
  Object.entries(ASKED).flatMap(([command, asked]) =>
    facts(asked[way]).map(({ field, fact }) => ({ command, field, fact })),
  )
const named = ({ about, act, ...ways }: Asked): string[] => [
  ...words(about),
  ...words(act),
  ...Object.values(ways).flatMap((line) => facts(line).map(({ field }) => field)),
]
const first = new Map(told('records').map(({ fact, command }) => [fact, command]))

describe('R-6.2: no value is asked twice', () => {
  it.each(commands)('$name asks for what its line says, and for nothing else', ({ name, input }) => {
    const all = named(ASKED[name] ?? {})
    const fields = [...fieldsOf(input).keys()]
    expect(fields.filter((field) => all.filter((line) => covers(line, field)).length !== 1)).toEqual([])
    expect(all.filter((line) => !fields.some((field) => covers(line, field)))).toEqual([])
  })

  it('and there is a line for each command alone', () => {
    expect(Object.keys(ASKED).toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
  })

  it('each fact has one command that records it', () => {
    const all = told('records').map(({ fact }) => fact)
    expect(all.filter((fact, at) => all.indexOf(fact) !== at)).toEqual([])
  })

  it('two facts of one name about one thing are two facts in truth, and it is said why', () => {
    const all = told('records').map(({ command, field, fact }) => ({
      command,
      fact,
      alike: [thing(field), ...words(ASKED[command]!.about).map(thing).toSorted()].join(' '),
    }))
    const alike = [...Map.groupBy(all, (one) => one.alike).values()].filter(
      (of) => new Set(of.map(({ command }) => command)).size > 1,
    )
    const said = alike.map((of) =>
      of
        .map(({ fact }) => fact)
        .toSorted()
        .join(' '),
    )
    expect(said.toSorted()).toEqual(Object.keys(DIFFERENT).toSorted())
  })

  it('whoever asks for it again corrects it, replaces it from a date on, or records it where nobody has', () => {
    for (const way of ['corrects', 'replaces', 'or'] as const) {
      const strange = told(way).filter(({ fact, command }) => (first.get(fact) ?? command) === command)
      expect(strange, way).toEqual([])
    }
  })

  it.each(told('corrects'))(
    '$command corrects $fact, and says what was seen, why, or whose it is',
    ({ command }) => {
      const { input, name } = commands.find((one) => one.name === command)!
      const seen = ['expectedVersion', 'reason', 'note', 'old', 'code'].some((field) => field in input.shape)
      // A period that is moved and a log-in name are replaced as a whole, with what stood before in the event.
      expect(seen || ['move-period', 'replace-log-in-name'].includes(name)).toBe(true)
    },
  )

  it.each(told('replaces'))('$command replaces $fact as of a date or a period', ({ command }) => {
    const { input } = commands.find((one) => one.name === command)!
    expect(['from', 'effectiveFrom', 'page', 'period'].some((field) => field in input.shape)).toBe(true)
  })

  it('what belongs to an act alone is since when, on which ground, and what was seen: no fact hides there', () => {
    const strange = Object.entries(ASKED).flatMap(([command, { act }]) =>
      words(act)
        .filter((field) => !OF_THE_ACT.has(field))
        .map((field) => `${command}: ${field}`),
    )
    expect(strange).toEqual([])
  })

  it('what a command is about is an id, a number, a date, or a word out of a list, and nothing that somebody types', () => {
    const typed = commands.flatMap(({ name, input }) => {
      const fields = fieldsOf(input)
      return words(ASKED[name]?.about)
        .filter((field) => fields.get(field)?.some(isFree))
        .map((field) => `${name}: ${field}`)
    })
    // A room has no other id than what stands on its door.
    expect(typed).toEqual(['close-room: room'])
  })

  it('the whole lesson asks for what the commands of its parts ask for, in their words', () => {
    const parts = ['record-lesson', 'take-attendance', 'set-homework', 'decline-homework', 'record-marks']
    const known = new Set(
      parts.flatMap((part) => [...fieldsOf(commands.find(({ name }) => name === part)!.input).keys()]),
    )
    const own = [...fieldsOf(recordWholeLesson.input).keys()].map((field) =>
      field.replace(/^(homework\.|columns\[\]\.)/, ''),
    )
    // Why it comes late is said once for the whole, and each part says it as a note.
    expect(own.filter((field) => !known.has(field) && !field.startsWith('delay.'))).toEqual([])
  })
})

/** The modules that a file imports. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) => name!)

/** Where a statement puts the name of its table together, and which tables those are. */
const PUT_TOGETHER: Readonly<Record<string, string>> = {
  'src/main/people.ts': 'names and log-ins, when a copy comes back',
  'src/main/log-copy/adopt-log.ts': 'the progress of those who follow the log: positions, no rows',
  'src/main/backup/key-copies.ts': 'keys of people, when a copy comes back',
  'src/main/log-copy/move-keys.ts': 'keys of people, when a log moves to another place',
  'src/integrity/privacy/person-keys.ts': 'keys of people, wrapped anew',
  'src/api/past.ts': 'tables in memory, in which a past is folded anew',
}

describe('R-6.2: summary, diary and reports derive from the events of the journal', () => {
  it('no command knows a read model, so that none can write one', () => {
    const knowing = globSync('src/commands/**/*.ts', { cwd: ROOT }).filter((file) =>
      importsOf(file).some((name) => name.includes('projections')),
    )
    expect(knowing).toEqual([])
  })

  it('nothing outside the projections writes a row of a read model: other statements name a schema that is none', () => {
    const models = new Set(READ_MODELS.map(({ name }) => name.replaceAll('-', '_')))
    const written = globSync('src/**/*.ts', { cwd: ROOT })
      .filter((file) => !file.startsWith('src/projections/') && !file.startsWith('src/main/migrations'))
      .flatMap((file) =>
        [
          ...readFileSync(join(ROOT, file), 'utf8').matchAll(
            /\b(?:insert into|delete from|truncate|copy|update(?= [\w$.{}"]+(?: \w+)? set\b)) ([^\s(]+)/g,
          ),
        ].map(([, table]) => ({ file, table: table! })),
      )
    expect(written.length).toBeGreaterThan(20)
    expect(written.filter(({ table }) => models.has(table.split('.')[0]!.replace(/_v?\d+$/, '')))).toEqual([])
    // A table whose name is put together could be any: those that there are write none of a read model.
    const together = new Set(written.filter(({ table }) => table.includes('$')).map(({ file }) => file))
    expect([...together].toSorted()).toEqual(Object.keys(PUT_TOGETHER).toSorted())
  })

  it('papers are generated, not typed: who prints says what and of which days, and nothing that stands on it', () => {
    const papers = [...VIEWS, ...POSTED].filter(
      ({ tag, name }) => tag === 'Печать' || name.endsWith('-sheet'),
    )
    expect(papers.length).toBeGreaterThan(10)
    const typed = papers.flatMap(({ name, input }) =>
      [...fieldsOf(input)].filter(([, all]) => all.some(isFree)).map(([field]) => `${name}: ${field}`),
    )
    // A print that is held against the journal is called by what stands at its foot.
    expect(typed).toEqual(['print-check: print'])
  })
})
