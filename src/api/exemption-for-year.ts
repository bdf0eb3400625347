import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor } from '#commands/command.ts'
import type { Execution } from '#commands/execute.ts'
import { exemptFromPractice } from '#commands/journal-page/exempt-from-practice.ts'
import { openPage } from '#commands/journal-page/open-page.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { REFERENCES, referenceStream } from '#commands/references.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { learningOf } from '#commands/roster/state.ts'
import { periodsFor } from '#commands/school-year/state.ts'
import type { Position } from '#events/store/position.ts'
import { streamName } from '#events/stream-name.ts'
import { OverlayStore } from '#exchange/overlay-store.ts'
import { mayAct } from '#values/rights.ts'
import { pageId, PeriodId, SchoolSlug, SchoolYear } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { type Uuid, Uuid as UuidSchema, uuidV5 } from '#values/uuid.ts'
import { camelCase } from './addresses.ts'
import { carryOut } from './command-routes.ts'
import { answeredWith, askedBy, lastPosition, refusedFor, RefusedReply } from './many-commands.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply, WriteHeaders } from './schemas.ts'

const NAME = 'exempt-from-practice-for-year'

const Target = z.strictObject({
  school: SchoolSlug,
  year: z.coerce.number<string>().pipe(SchoolYear),
  journal: openPage.input.shape.journal,
})
const { pupil, document } = exemptFromPractice.input.shape
const Exemption = z.strictObject({
  pupil,
  from: LocalDate,
  until: LocalDate.describe('Последний день; каникулы внутри срока ни к какому периоду не относятся'),
  document,
  partial: z.boolean().default(false).describe('Записать там, где можно, если где-то нельзя'),
})

const ExemptionReply = z.object({
  position: lastPosition,
  pages: z.array(
    z.object({
      page: UuidSchema,
      period: PeriodId,
      from: LocalDate,
      until: LocalDate,
      outcome: z.enum(['recorded', 'repeated', 'refused']),
      opened: z.boolean().describe('Страница периода открыта этим же запросом'),
      refused: RefusedReply,
    }),
  ),
})
type Outcome = z.input<typeof ExemptionReply>['pages'][number]

/** What is asked for, by whom; commands are carried out for one request. */
interface Wanted extends z.output<typeof Target>, z.output<typeof Exemption> {
  readonly actor: Actor
  readonly id: Uuid
  readonly request: FastifyRequest
}

/** A page with the days of the exemption that lie in its period. */
interface Part {
  readonly page: Uuid
  readonly period: PeriodId
  readonly from: LocalDate
  readonly until: LocalDate
}

/**
 * `POST …/exempt-from-practice-for-year`: one document exempts a pupil on every page of a journal between two dates (осв,
 * C.2). Each page is the command `exempt-from-practice`, with the days of its period. All of them are decided above the
 * log first, and where one is refused nothing is recorded, unless a part is wanted; pages are streams of their own, so
 * what others write in between can still refuse one, and the answer says which. A repeated request records what is
 * missing, and nothing twice. A page that is not open yet is opened, by whoever may open it.
 */
export function exemptionForYearRoute(app: FastifyInstance, parts: ApiParts): void {
  const { operation } = exemptFromPractice
  app.route({
    method: 'POST',
    url: `/v1/schools/:school/${openPage.path}/${NAME}`,
    config: { permission: { operation }, operation: NAME, logged: true },
    schema: {
      operationId: camelCase(NAME),
      summary:
        'Освободить обучающегося от практических занятий на срок через все периоды года: всё или ничего',
      tags: ['Страница журнала'],
      params: Target,
      headers: WriteHeaders.omit({ 'if-match': true }),
      body: Exemption,
      response: { 200: ExemptionReply, default: ProblemReply },
    },
    handler: async (request, reply) => {
      const target = request.params as z.output<typeof Target>
      const { actor, id } = askedBy(request, target.school, { operation })
      const wanted = { ...target, ...(request.body as z.output<typeof Exemption>), actor, id, request }
      const pages = await partsOf(parts.execution, wanted)
      if (!wanted.partial) await expectAll(parts, wanted, pages)
      const { outcomes, position } = await exemptOn(parts, wanted, pages)
      return reply.status(200).send({ position: answeredWith(reply, id, position), pages: outcomes })
    },
  })
}

/** The pages of the journal whose periods the exemption touches, in order. @throws {ProblemError} */
async function partsOf({ streams }: Execution, wanted: Wanted): Promise<Part[]> {
  const { school, year, journal, from, until } = wanted
  if (until < from) throw new ProblemError('bounds-reversed', { from, until })
  const of = async <Name extends 'schoolYear' | 'roster' | 'teachingLoad'>(name: Name) =>
    (await streams.load(REFERENCES[name].fold, referenceStream(school, name, year))).state
  const schoolYear = await of('schoolYear')
  if (schoolYear.year === null) throw new ProblemError('school-year-unknown', { year })
  const known = (await of('teachingLoad')).journals.get(journal)
  if (known === undefined) throw new ProblemError('journal-unknown', { journal })
  const found = periodsFor(schoolYear, learningOf(await of('roster'), known.learners))
    .filter((period) => period.from <= until && from <= period.until)
    .map((period) => ({
      page: pageId(journal, period.period),
      period: period.period,
      from: period.from < from ? from : period.from,
      until: until < period.until ? until : period.until,
    }))
    .toSorted((a, b) => a.from.localeCompare(b.from))
  if (found.length === 0) throw new ProblemError('date-outside-period', { from, until })
  return found
}

/** Decides everything above the log. @throws {ProblemError} what the first page refuses, with its period */
async function expectAll(parts: ApiParts, wanted: Wanted, pages: readonly Part[]): Promise<void> {
  // What is only tried is no command that anybody watches.
  const { execution, watch: _unwatched, ...others } = parts
  const store = new OverlayStore(execution.store)
  const above = { ...execution, store, streams: execution.streams.over(store) }
  for (const part of pages) {
    const outcome = await exemptOnPage({ ...others, execution: above }, wanted, part)
    if (isRefusal(outcome))
      throw new ProblemError(outcome.refused, { ...outcome.detail, period: part.period })
  }
}

async function exemptOn(parts: ApiParts, wanted: Wanted, pages: readonly Part[]) {
  let position: Position | null = null
  const outcomes: Outcome[] = []
  for (const part of pages) {
    const outcome = await exemptOnPage(parts, wanted, part)
    if (isRefusal(outcome)) {
      outcomes.push({ ...part, outcome: 'refused', opened: false, refused: refusedFor(outcome) })
      continue
    }
    const { opened, exempted } = outcome
    position = exempted.position ?? position
    const word = exempted.repeated ? 'repeated' : 'recorded'
    outcomes.push({ ...part, outcome: word, opened, refused: null })
  }
  return { outcomes, position }
}

/** Exempts on one page, and opens it before where it is not open. Both commands have ids that follow from the request. */
async function exemptOnPage(parts: ApiParts, wanted: Wanted, { page, period, from, until }: Part) {
  const { school, actor, id, request, year, journal, pupil, document } = wanted
  const given = { school, actor }
  const opened = await openIfMay(parts, wanted, page, () =>
    carryOut(parts, openPage, request, {
      ...given,
      id: uuidV5(id, `open ${page}`),
      input: { year, journal, period },
    }),
  )
  if (isRefusal(opened)) return opened
  const exempted = await carryOut(parts, exemptFromPractice, request, {
    ...given,
    id: uuidV5(id, page),
    input: { page, pupil, from, until, document },
  })
  return isRefusal(exempted) ? exempted : { opened, exempted }
}

/** Whether the page was opened. Who may open none meets a page that is not open. */
async function openIfMay(
  { execution }: ApiParts,
  { school, actor }: Wanted,
  page: Uuid,
  open: () => Promise<object | Refusal>,
): Promise<boolean | Refusal> {
  if (!mayAct(openPage.operation).includes(actor.role)) return false
  const stream = streamName(school, journalPageFold.category, page)
  const { state } = await execution.streams.load(journalPageFold, stream)
  if (state.page !== null) return false
  const outcome = await open()
  // Somebody else was faster: it is open.
  if (isRefusal(outcome)) return outcome.refused === 'page-exists' ? false : outcome
  return true
}
