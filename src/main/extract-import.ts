import { folded } from '#exchange/columns.ts'
import { csvOf } from '#exchange/export-list.ts'
import { creditedFinals } from '#exchange/lists/credited-finals.ts'
import type { RowOf } from '#exchange/columns.ts'
import { readExtract, type SaidExtract, type VerifiedExtract } from '#integrity/archive/read-extract.ts'
import type { Trust } from '#integrity/trust.ts'
import { Malformed } from '#integrity/tlog/malformed.ts'
import type { Report } from './cli/call.ts'
import { Obstacle } from './explain.ts'
import { type ImportState, saidOf, sendImport } from './lists.ts'
import { type Caller, expectGood, ServiceClient } from './service-client.ts'
import { named } from './verifying-packages.ts'

export interface ExtractOptions {
  /** How the pupil is known in this school, who is enrolled already. */
  readonly pupil: string
  /** Codes of subjects of this school, by the names that the extract has for them. */
  readonly subjects: ReadonlyMap<string, string>
  /** Periods of this school, by those of the extract. */
  readonly periods: ReadonlyMap<string, string>
  readonly dryRun?: true
  readonly partial?: true
}

type Row = RowOf<typeof creditedFinals.columns>

/** A final that goes in, or that finds no subject of this school. */
interface Credit {
  readonly about: string
  readonly row: Row | null
}

/**
 * Takes over the extract of another installation (R-A1.1): verifies it by keys that came from elsewhere, says what it
 * holds, and credits its finals through a running service, with the package as the document. Marks of a period that is
 * open and absences are shown, and recorded by nobody: no journal of this school held those lessons.
 */
export async function importExtract(
  caller: Caller,
  path: string,
  trust: Trust,
  options: ExtractOptions,
): Promise<Report & { readonly errors: number }> {
  const extract = verified(path, trust)
  if (!extract.found.anchored || !extract.found.signed) {
    throw new Obstacle(
      'За выписку не ручается никто из тех, кому верят (--trust): ключ печати берут из локального акта той школы.',
    )
  }
  const client = await ServiceClient.logIn(caller)
  const credits = creditsOf(extract, options, await subjectsOf(client))
  const lost = credits.filter(({ row }) => row === null)
  const rows = credits.filter((one): one is Credit & { row: Row } => one.row !== null)
  const dryRun = options.dryRun === true || (lost.length > 0 && options.partial !== true)
  const csv = Buffer.from(
    csvOf(
      creditedFinals,
      rows.map(({ row }) => row),
    ),
  )
  const state =
    rows.length === 0
      ? null
      : await sendImport(client, creditedFinals.name, csv, {
          type: 'text/csv',
          ...(dryRun && { dryRun }),
          ...(options.partial === true && { partial: true }),
        })
  const errors = [
    ...lost.map(({ about }) => `${about}: такого предмета в школе нет; укажите --subject "название=код".`),
    ...refusedOf(state, rows),
  ]
  return {
    lines: [...held(extract), ...errors, ...(state === null ? ['Ничего не записано.'] : saidOf(state))],
    json: { ...jsonOf(extract), errors, import: state },
    errors: errors.length,
  }
}

function verified(path: string, trust: Trust): VerifiedExtract {
  try {
    return named(() => readExtract(path, trust))
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new Obstacle(`Это не выписка, которую можно прочесть: ${path}.`, { cause: error })
  }
}

/** The codes of the subjects of this school, by name; of two of one name neither is meant. */
async function subjectsOf(client: ServiceClient): Promise<ReadonlyMap<string, string>> {
  const { body } = expectGood(await client.send('GET', 'exports/subjects?format=json'))
  const { rows } = body as { rows: ReadonlyArray<{ externalId: string; name: string }> }
  const byName = Map.groupBy(rows, ({ name }) => folded(name))
  return new Map([...byName].flatMap(([name, of]) => (of.length === 1 ? [[name, of[0]!.externalId]] : [])))
}

function creditsOf(
  { found, said, digest }: VerifiedExtract,
  { pupil, subjects, periods }: ExtractOptions,
  known: ReadonlyMap<string, string>,
): Credit[] {
  const codes = new Map([...subjects].map(([name, code]) => [folded(name), code]))
  return finalsOf(said).map(({ subject, period, periodName, grading, value }) => {
    const about = `${subject}, ${periodName}`
    const code = codes.get(folded(subject)) ?? known.get(folded(subject))
    if (code === undefined) return { about, row: null }
    const row = {
      pupil,
      year: said.scope.year,
      subject: code,
      period: (periods.get(period) ?? period) as Row['period'],
      grading,
      value,
      issuedBy: said.school.name ?? said.school.slug,
      documentNumber: found.bag,
      documentDate: said.on,
      extract: digest,
    }
    return { about, row }
  })
}

/** The finals of its own journals, and those that had been credited there where no journal has one. */
function finalsOf({ subjects, credited }: SaidExtract) {
  const own = subjects.flatMap(({ subject, grading, periods }) =>
    periods.flatMap(({ period: { period, name: periodName }, finals }) =>
      finals
        // Of a year its final of the year, and no mark of an exam.
        .filter(({ kind }) => kind === (period === 'year' ? 'year' : 'period'))
        .map(({ value }) => ({ subject, period, periodName, grading, value })),
    ),
  )
  const has = new Set(own.map(({ subject, period }) => `${subject}/${period}`))
  const before = credited
    .filter(({ subject, period }) => !has.has(`${subject}/${period}`))
    .map((one) => ({ ...one, periodName: one.period as string }))
  return [...own, ...before]
}

/** What an extract holds, for people. */
function held({ found, said }: VerifiedExtract): string[] {
  const { school, on, scope, class: of, subjects, attestations } = said
  const marks = subjects.flatMap(({ subject, periods }) =>
    periods
      .filter(({ closed, marks, absences }) => !closed && marks.length + absences.length > 0)
      .map(({ period, marks, absences }) => {
        const values = marks.map(({ value }) => value).join(', ')
        return `${subject}, ${period.name}, период не закончен: отметки ${values || 'не выставлялись'}; пропусков ${absences.length}.`
      }),
  )
  return [
    `Выписка ${found.bag}: ${school.name ?? school.slug}, ${of?.name ?? 'класс не указан'}, ${scope.year}/${(scope.year + 1) % 100} учебный год, на ${on}. Подписана ключом ${found.origin}, которому верят.`,
    ...finalsOf(said).map(({ subject, periodName, value }) => `${subject}, ${periodName}: ${value}.`),
    ...attestations.map(({ subject, date, value }) => `${subject}, аттестация ${date}: ${value}.`),
    ...marks,
  ]
}

const jsonOf = ({ found, said, digest }: VerifiedExtract): object => ({
  package: found.bag,
  school: found.school,
  origin: found.origin,
  digest,
  extract: said,
})

/** The rows that were refused, called by subject and period: nobody saw the file that they stood in. */
function refusedOf(state: ImportState | null, rows: readonly Credit[]): string[] {
  const errors = state?.report?.errors ?? []
  return errors.map(({ line, message }) => `${rows[line - 2]?.about ?? `строка ${line}`}: ${message}`)
}
