import { type messages, type PGlite, protocol, type Results } from '@electric-sql/pglite'
import { StatementNames } from './statement-names.ts'

const { serialize } = protocol

/** A statement as the session of a PGlite knows it. */
interface Prepared {
  /** Empty where it is not kept: then the next statement without a name takes its place. */
  readonly name: string
  /** The types of its parameters. */
  readonly parameters: readonly number[]
  readonly columns: Column[]
}

interface Column {
  readonly name: string
  readonly dataTypeID: number
  /** Null for a text that stays as it is. */
  readonly parse: ((text: string) => unknown) | null
}

type Message = Awaited<ReturnType<PGlite['execProtocolStream']>>[number]

/** The messages that are looked into, by name. */
interface Known {
  readonly parameterDescription: messages.ParameterDescriptionMessage
  readonly rowDescription: messages.RowDescriptionMessage
  readonly dataRow: messages.DataRowMessage
  readonly commandComplete: messages.CommandCompleteMessage
}

/**
 * Statements of a PGlite, each sent in one message and planned once. As it comes, PGlite enters its engine six times for
 * every statement and plans it anew: of a look-up by a key that is five sixths of the time (docs/decisions/0110).
 *
 * Whoever asks takes turns with the others, as kysely's dialect does.
 */
export class PreparedStatements {
  readonly #pglite: PGlite
  readonly #names = new StatementNames()
  readonly #kept = new Map<string, Prepared>()

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  /** What `pglite.query` answers, with rows as objects. @throws the error of the engine, which has no parameters in it */
  query<Row>(text: string, values: readonly unknown[]): Promise<Results<Row>> {
    return this.#pglite.runExclusive(async () => {
      if (values.length === 0) {
        const messages = await this.#send(
          serialize.parse({ text }),
          serialize.bind(),
          serialize.describe({ type: 'P' }),
          serialize.execute(),
        )
        return resultsOf<Row>(this.#columnsIn(messages), messages)
      }
      const statement = this.#kept.get(text) ?? (await this.#prepare(text, values))
      const bound = values.map((value, n) => this.#written(value, statement.parameters[n]!))
      const messages = await this.#send(
        serialize.bind({ statement: statement.name, values: bound }),
        serialize.execute(),
      )
      return resultsOf<Row>(statement.columns, messages)
    })
  }

  async #prepare(text: string, values: readonly unknown[]): Promise<Prepared> {
    const name = this.#names.nameOf(text, values) ?? ''
    const messages = await this.#send(
      serialize.parse({ text, name }),
      serialize.describe({ type: 'S', name }),
    )
    const described = found(messages, 'parameterDescription')
    const statement = { name, parameters: described?.dataTypeIDs ?? [], columns: this.#columnsIn(messages) }
    if (name !== '') this.#kept.set(text, statement)
    return statement
  }

  #columnsIn(messages: readonly Message[]): Column[] {
    const fields = found(messages, 'rowDescription')?.fields ?? []
    return fields.map(({ name, dataTypeID }) => ({ name, dataTypeID, parse: this.#parserOf(dataTypeID) }))
  }

  #parserOf(type: number): Column['parse'] {
    const parse = this.#pglite.parsers[type]
    return parse === undefined ? null : (text) => parse(text, type)
  }

  /** A parameter as its type is written. */
  #written(value: unknown, type: number): string | null {
    if (value === null || value === undefined) return null
    const write = this.#pglite.serializers[type]
    return write === undefined ? (value as string | number | bigint).toString() : write(value)
  }

  /** Everything in one message, whose last part lets the engine answer, also when a part before it failed. */
  #send(...parts: readonly Uint8Array[]): Promise<Message[]> {
    return this.#pglite.execProtocolStream(Buffer.concat([...parts, serialize.sync()]), { syncToFs: false })
  }
}

function found<Name extends keyof Known>(messages: readonly Message[], name: Name): Known[Name] | undefined {
  return messages.find((message) => message.name === name) as unknown as Known[Name] | undefined
}

/** Commands whose tag ends with how many rows they changed. */
const CHANGING: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

function resultsOf<Row>(columns: Column[], messages: readonly Message[]): Results<Row> {
  const rows: Row[] = []
  for (const message of messages) {
    if (message.name === 'dataRow') rows.push(rowOf(columns, message as unknown as Known['dataRow']) as Row)
  }
  const tag = found(messages, 'commandComplete')?.text.split(' ') ?? []
  const affectedRows = CHANGING.has(tag[0] ?? '') ? Number(tag.at(-1)) : 0
  return { rows, fields: columns, affectedRows }
}

function rowOf(columns: readonly Column[], { fields }: Known['dataRow']): object {
  const row: Record<string, unknown> = {}
  for (const [n, { name, parse }] of columns.entries()) {
    const text = fields[n]!
    row[name] = text === null || parse === null ? text : parse(text)
  }
  return row
}
