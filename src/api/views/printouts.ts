import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { execute } from '#commands/execute.ts'
import { certifyPrintout } from '#commands/printout/certify-printout.ts'
import { issueExtract } from '#commands/printout/issue-extract.ts'
import { preparePrintout } from '#commands/printout/prepare-printout.ts'
import { printoutFold } from '#commands/printout/state.ts'
import { isRefusal, refuse } from '#commands/refusal.ts'
import { PrintoutSubject, Sha256 } from '#events/printout.ts'
import { contentHash } from '#print/forms.ts'
import { issuedAfter, printout as printoutOf } from '#projections/printouts/queries.ts'
import type { PrintoutRow } from '#projections/printouts/projection.ts'
import { journal, unit as unitOf, units } from '#projections/school-directory/queries.ts'
import { maySee, type Operation } from '#values/rights.ts'
import { addDays, Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { collect, isComplete } from '../prints/collect.ts'
import { fileName, printedFile, type Printing } from '../prints/print.ts'
import { parseSnapshot, type PrintAddress } from '../prints/snapshot.ts'
import { ProblemError } from '../problems.ts'
import { mayReadPage, pageOf } from './class-journal.ts'
import { authorsOf, namesOf } from './names.ts'
import { checkDays, ofUnit, pageAddress, summaryAddress } from './prints.ts'
import { mayReadAttendance, mayReadDiary, mayReadWhole } from './rights.ts'
import { mayReadUnitSummary } from './summary-sheet.ts'
import { type Answer, type Asked, defineView } from './view.ts'

const tag = 'Печать'
const reply = z
  .any()
  .describe(
    'application/pdf; номер распечатки и SHA-256 файла — в заголовках Letopis-Printout и Letopis-Digest',
  )

/** An extract for a family on paper: it is given out, and that is recorded (R-5.2c). */
export const issuePupilExtract = defineView({
  name: 'issue-pupil-extract',
  path: 'pupils/:pupil/extract',
  summary:
    'Выдать выписку о ребёнке за период: отметки, итоги, пропуски с темами, задания; выдача записывается',
  tag,
  operation: '27',
  posted: true,
  input: z.strictObject({
    pupil: Uuid,
    from: LocalDate.optional().describe('По умолчанию — 30 дней до until'),
    until: LocalDate.optional().describe('По умолчанию — сегодня'),
    recipient: Uuid.optional().describe('Кому выдана: представитель или сам обучающийся'),
  }),
  reply,
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { input, today } = asked
    const until = input.until ?? today
    const from = input.from ?? monthBefore(until)
    checkDays(from, until)
    const { pupil, recipient = null } = input
    const address = { template: 'pupil-extract/1', of: pupil, from, until, part: null } as const
    return issued(asked, address, { issuedTo: recipient }, (file) =>
      execute(asked.parts.execution, issueExtract, {
        ...givenBy(asked),
        input: issueExtract.input.parse({ ...file, pupil, from, until, recipient, today }),
      }),
    )
  },
})

/** The print of a page that is to be certified. */
export const preparePagePrintout = defineView({
  name: 'prepare-page-printout',
  path: 'pages/:page/printouts',
  summary: 'Подготовить страницу журнала к заверению: файл записывается под номером и хешем',
  tag,
  operation: '33a',
  posted: true,
  input: z.strictObject({ page: Uuid }),
  reply,
  may: mayReadPage,
  async answer(asked) {
    const { school, parts } = asked
    const { page } = asked.input
    const of = await journal(parts.database, school, (await pageOf(asked)).journal)
    const matter = { grades: await gradesOf(asked, of?.unit), subject: of?.subject ?? null }
    return issued(asked, await pageAddress(asked, 'journal-page/2'), {}, (file) =>
      execute(parts.execution, preparePrintout, {
        ...givenBy(asked),
        input: preparePrintout.input.parse({ ...file, of: { kind: 'page', page }, ...matter }),
      }),
    )
  },
})

/** The summary sheet that is to be certified (R-2.14b). */
export const prepareSummaryPrintout = defineView({
  name: 'prepare-summary-printout',
  path: 'summaries/:unit/printouts',
  summary: 'Подготовить сводную ведомость к заверению: файл записывается под номером и хешем',
  tag,
  operation: '33a',
  posted: true,
  input: z.strictObject({ unit: Uuid, paper: z.enum(['A4', 'A3']).default('A4') }),
  reply,
  may: (asked) => mayReadUnitSummary(ofUnit(asked)),
  async answer(asked) {
    const { unit, paper } = asked.input
    const matter = { grades: await gradesOf(asked, unit), subject: null }
    return issued(asked, await summaryAddress(ofUnit(asked)), { paper }, (file) =>
      execute(asked.parts.execution, preparePrintout, {
        ...givenBy(asked),
        input: preparePrintout.input.parse({ ...file, of: { kind: 'unit', unit }, ...matter }),
      }),
    )
  },
})

/** The head certified the paper that was made of a registered file (R-2.14b, R-3.1). */
export const certifyPaper = defineView({
  name: 'certify-paper',
  path: 'printouts/:printout/certification',
  summary: 'Заверить: подпись и печать поставлены на бумаге, сделанной с этого файла',
  tag,
  operation: '33',
  posted: true,
  input: z.strictObject({
    printout: Uuid,
    digest: Sha256.describe('SHA-256 файла, с которого сделана бумага: sha256sum'),
  }),
  reply: z.strictObject({ printout: Uuid, digest: Sha256, certified_at: Instant }),
  async answer(asked) {
    const { parts, input } = asked
    const outcome = await execute(parts.execution, certifyPrintout, { ...givenBy(asked), input })
    if (isRefusal(outcome)) throw new ProblemError(outcome.refused, outcome.detail)
    const { state } = await parts.execution.streams.load(printoutFold, outcome.stream)
    return { body: { ...input, certified_at: state.certified!.at }, status: 201 }
  },
})

/** Makes the file, records it, and hands it over: nobody has a file that is not in the register. */
async function issued(
  asked: Asked<unknown>,
  address: PrintAddress,
  printing: Printing,
  record: (file: object) => ReturnType<typeof execute>,
): Promise<Answer> {
  const { body, about, file } = await printedFile(asked, address, {
    ...printing,
    printout: randomUUID() as Uuid,
  })
  const outcome = await record(file)
  if (isRefusal(outcome)) throw new ProblemError(outcome.refused, outcome.detail)
  return {
    body,
    about,
    status: 201,
    file: { type: 'application/pdf', name: `${fileName(address)}.pdf` },
    headers: { 'letopis-printout': file.printout, 'letopis-digest': file.digest },
  }
}

function givenBy({ school, actor, request }: Asked<unknown>) {
  return { school, actor, id: randomUUID() as Uuid, ...(request === undefined ? {} : { corr: request }) }
}

/** The grades of a class, or of the classes from which a group is taken. */
async function gradesOf({ school, parts }: Asked<unknown>, id: Uuid | undefined): Promise<number[]> {
  const found = id === undefined ? undefined : await unitOf(parts.database, school, id)
  if (found === undefined) return []
  const classes = found.kind === 'class' ? [found.unit] : found.classes
  const all = await units(parts.database, school, found.year)
  return all.filter(({ unit }) => classes.includes(unit)).flatMap(({ grade }) => grade ?? [])
}

function monthBefore(date: LocalDate): LocalDate {
  return addDays(date, -29)
}

const PrintoutReply = z
  .strictObject({
    printout: Uuid,
    template: z.string().describe('Форма и её версия'),
    of: PrintoutSubject,
    from: LocalDate.nullable(),
    until: LocalDate.nullable(),
    snapshot: z.string(),
    content: Sha256.describe('SHA-256 содержания'),
    digest: Sha256.describe('SHA-256 файла'),
    bytes: z.int(),
    recipient: Uuid.nullable(),
    recipient_name: z.string().nullable(),
    issued_at: Instant,
    issued_by: Uuid,
    issued_by_name: z.string().nullable(),
    certified_at: Instant.nullable(),
    certified_by: Uuid.nullable(),
    certified_by_name: z.string().nullable(),
  })
  .meta({ id: 'Printout' })

/** The register of extracts and of what was printed to be certified. */
export const printoutRegister = defineView({
  name: 'printout-register',
  path: 'printouts',
  summary: 'Реестр выданных выписок и распечаток для заверения, новые первыми',
  tag,
  operation: '33',
  input: z.strictObject({
    limit: z.coerce.number().int().min(1).max(500).default(100),
    cursor: z
      .string()
      .regex(/^\d{4}-[\dT:.-]{18}Z~[0-9a-f-]{36}$/)
      .optional()
      .describe('Из поля next'),
  }),
  reply: z.strictObject({ printouts: z.array(PrintoutReply), next: z.string().nullable() }),
  may: async (asked) => mayReadWhole(asked),
  async answer(asked) {
    const { school, parts, input } = asked
    const after = input.cursor?.split('~') as [Instant, Uuid] | undefined
    const found = await issuedAfter(parts.database, school, after ?? null, input.limit)
    const last = found.length === input.limit ? found.at(-1) : undefined
    const next = last === undefined ? null : `${last.issued_at}~${last.printout}`
    return { body: { printouts: await withNames(asked, found), next } }
  },
})

async function withNames(asked: Asked<unknown>, found: readonly PrintoutRow[]) {
  const accounts = found.flatMap((row) => [
    row.issued_by,
    ...(row.certified_by === null ? [] : [row.certified_by]),
  ])
  const author = await authorsOf(asked, accounts)
  const name = await namesOf(
    asked,
    found.map(({ recipient }) => recipient),
  )
  return found.map((row) => ({
    ...row,
    recipient_name: row.recipient === null ? null : name(row.recipient),
    issued_by_name: author(row.issued_by),
    certified_by_name: row.certified_by === null ? null : author(row.certified_by),
  }))
}

const PrintCheckReply = z.strictObject({
  same: z.boolean().describe('Журнал говорит сейчас то же, что и бумага'),
  template: z.string(),
  snapshot: z.string(),
  content: Sha256.describe('SHA-256 содержания, каким журнал видит его сейчас'),
  registered: z
    .strictObject({
      printout: Uuid,
      digest: Sha256.describe('SHA-256 выданного файла: сравните с sha256sum'),
      issued_at: Instant,
      certified_at: Instant.nullable(),
    })
    .nullable()
    .describe('null — распечатка без регистрации'),
})

/** Whether a paper still says what the journal says: by its number, or by the snapshot id at its foot. */
export const printCheck = defineView({
  name: 'print-check',
  path: 'prints/:print',
  summary: 'Сверить бумагу с журналом по номеру распечатки или по снимку внизу листа',
  tag,
  operation: '33b',
  logged: true,
  input: z.strictObject({ print: z.string().min(1).max(4_000) }),
  reply: PrintCheckReply,
  async may(asked) {
    const { address } = await printOf(asked)
    return mayRead(asked, address)
  },
  async answer(asked) {
    const { row, address, code, snapshot } = await printOf(asked)
    const { form } = await collect(asked, address)
    const content = contentHash(form)
    const registered =
      row === undefined
        ? null
        : {
            printout: row.printout,
            digest: row.digest,
            issued_at: row.issued_at,
            certified_at: row.certified_at,
          }
    const same = row === undefined ? content.startsWith(code) : content === row.content
    return { body: { same, template: form.template, snapshot, content, registered } }
  },
})

/** What stands behind a number or a snapshot id. */
async function printOf({ school, parts, input }: Asked<{ print: string }>) {
  const id = Uuid.safeParse(input.print)
  const row = id.success ? await printoutOf(parts.database, school, id.data) : undefined
  const snapshot = row?.snapshot ?? input.print
  const parsed = parseSnapshot(snapshot)
  if (parsed === null || !isComplete(parsed.address)) {
    throw new ProblemError('printout-unknown', { print: input.print })
  }
  return { row, snapshot, ...parsed }
}

/** Whoever may read what was printed may ask whether it is still so. */
async function mayRead(asked: Asked<unknown>, { template, of }: PrintAddress) {
  switch (template) {
    case 'journal-page/1':
    case 'journal-page/2':
    case 'blank-page/1':
      return mayReadPage({ ...asked, input: { page: of! } })
    case 'summary-sheet/1':
      return mayReadUnitSummary({ ...asked, input: { unit: of! } })
    case 'pupil-extract/1':
    case 'diary-week/1':
      return mayReadDiary(asked, of!)
    case 'attendance-sheet/1':
      return mayReadAttendance(asked, of!)
    case 'erasure-act/1':
      return mayReadRow(asked, '37')
    default:
      return OF_THE_SCHOOL.has(asked.actor.role)
        ? mayReadWhole(asked)
        : refuse('role-not-permitted', { role: asked.actor.role, permitted: [...OF_THE_SCHOOL] })
  }
}

/** Whoever sees a row of the matrix of rights may ask of the paper what it says. */
function mayReadRow({ actor: { role } }: Asked<unknown>, operation: Operation) {
  const permitted = maySee(operation)
  return permitted.some((one) => one === role) ? null : refuse('role-not-permitted', { role, permitted })
}

const OF_THE_SCHOOL: ReadonlySet<string> = new Set(maySee('15'))
