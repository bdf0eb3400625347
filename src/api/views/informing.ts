import { z } from 'zod'
import { accessFold, type AccessState } from '#commands/access/state.ts'
import { isMember } from '#commands/roster/state.ts'
import { streamName } from '#events/stream-name.ts'
import { contactsOf, recipientsBetween } from '#projections/messages/queries.ts'
import { lastExtracts } from '#projections/printouts/queries.ts'
import { accountsOf, representativesOn, yearOf } from '#projections/school-directory/queries.ts'
import { share } from '#values/share.ts'
import { addDays, dateAt, type Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { namesOf } from './names.ts'
import { zoneOf } from './outages.ts'
import { referenceOf } from './reference-of.ts'
import { REPORTS, reportDays, ShareReply } from './report-parts.ts'
import { mayAskForNamedClass, ownUnits } from './rights.ts'
import { expectedOf } from './timeliness.ts'
import { type Asked, defineView } from './view.ts'

/** The longest span of one report: a quarter and some more. */
const DAYS = 92
/** For how many days an extract on paper informs a family (R-7A.14). */
const EXTRACT_DAYS = 30

const EntriesReply = z
  .strictObject({
    in_time: ShareReply.describe('Показано в дневнике в срок из ожидавшегося'),
    late: z.int(),
    missing: z.int().describe('Срок прошёл, а записи нет; у отметок — работ, за которые не стоит ни одной'),
  })
  .meta({ id: 'EntriesShown' })

const Question = z.strictObject({
  from: LocalDate.optional().describe('По умолчанию — сегодня'),
  until: LocalDate.optional().describe(`По умолчанию — сегодня; не больше ${DAYS} дней`),
  class: Uuid.optional(),
})
type Input = z.output<typeof Question>

/** Whether parents are informed in time: what the diary showed when, what was sent, and whom nothing reaches (R-7A.14). */
export const informingReport = defineView({
  name: 'informing-report',
  path: 'reports/informing',
  summary:
    'Своевременно ли информируются родители, по классам: отметки, задания и пропуски в дневнике в срок; сообщения; у кого нет ни действующего канала, ни выписки за 30 дней',
  tag: REPORTS,
  operation: '29c',
  input: Question,
  reply: z.strictObject({
    from: LocalDate,
    until: LocalDate,
    on: LocalDate.describe('День, на который показаны каналы и выписки: сегодня'),
    classes: z.array(
      z.strictObject({
        class: Uuid,
        name: z.string(),
        pupils: z.int(),
        marks: EntriesReply,
        homework: EntriesReply,
        absences: EntriesReply.describe('Посещаемость уроков'),
        all: ShareReply.describe('Все три вместе; работы без отметок сюда не входят'),
        messages: z.strictObject({
          sent: z.int().describe('Сообщений за эти дни, по получателям'),
          reached: z.int().describe('Принято каналом доставки или прочитано в дневнике'),
          waiting: z.int(),
          undelivered: z.int().describe('Не принято никаким каналом и не прочитано'),
        }),
        with_contact: z.int().describe('Обучающихся, у чьего представителя есть подтверждённый контакт'),
        with_account: z.int().describe('Обучающихся, чей представитель вошёл и может войти'),
        with_extract: z.int().describe(`Обучающихся, о которых за ${EXTRACT_DAYS} дней выдана выписка`),
        unreached: z.int(),
      }),
    ),
    unreached: z
      .array(
        z.strictObject({
          pupil: Uuid,
          name: z.string(),
          class: Uuid,
          class_name: z.string(),
          representatives: z.int().describe('Сколько представителей знает школа'),
          last_extract: LocalDate.nullable(),
        }),
      )
      .describe('Ни подтверждённого контакта, ни учётной записи представителя, ни выписки'),
  }),
  may: mayAskForNamedClass,
  async answer(asked) {
    const { school, parts } = asked
    const { from, until } = reportDays(asked, DAYS)
    const year = await yearOf(parts.database, school, from)
    const now = parts.execution.clock()
    if (year === undefined) {
      return { body: { from, until, on: asked.today, classes: [], unreached: [] } }
    }
    const on = dateAt(now, await zoneOf(asked, year))
    const classes = await classesSeen(asked, year, on)
    const reached = await reachedOn(asked, year, on, new Set(classes.flatMap(({ pupils }) => pupils)))
    const expected = await expectedOf(asked, from, until)
    const messages = await recipientsBetween(parts.database, school, from, until)
    const name = await namesOf(
      asked,
      classes.flatMap(({ pupils }) => pupils.filter((pupil) => !reached.isReached(pupil))),
    )
    const rows = classes.map(({ unit, name: called, pupils }) => {
      const own = new Set(pupils)
      const ofClass = <Of extends { readonly classes: readonly Uuid[] }>(some: readonly Of[]) =>
        some.filter((one) => one.classes.includes(unit))
      const ours = { lessons: ofClass(expected.lessons), assessments: ofClass(expected.assessments) }
      const sent = messages.filter((one) => one.pupils.some((pupil) => own.has(pupil)))
      const taken = sent.filter((one) => one.accepted || one.read_at !== null)
      const waiting = sent.filter((one) => one.open && !taken.includes(one))
      return {
        class: unit,
        name: called,
        pupils: pupils.length,
        ...entriesOf(ours, now),
        messages: {
          sent: sent.length,
          reached: taken.length,
          waiting: waiting.length,
          undelivered: sent.length - taken.length - waiting.length,
        },
        with_contact: pupils.filter((pupil) => reached.byContact.has(pupil)).length,
        with_account: pupils.filter((pupil) => reached.byAccount.has(pupil)).length,
        with_extract: pupils.filter((pupil) => reached.byExtract.has(pupil)).length,
        unreached: pupils.filter((pupil) => !reached.isReached(pupil)).length,
      }
    })
    const unreached = classes.flatMap(({ unit, name: called, pupils }) =>
      pupils
        .filter((pupil) => !reached.isReached(pupil))
        .map((pupil) => ({
          pupil,
          name: name(pupil),
          class: unit,
          class_name: called,
          representatives: reached.representatives.get(pupil)?.length ?? 0,
          last_extract: reached.extracts.get(pupil) ?? null,
        }))
        .toSorted((a, b) => a.name.localeCompare(b.name, 'ru')),
    )
    return { body: { from, until, on, classes: rows, unreached } }
  },
})

/** The classes of a year that the person sees, with their pupils on a day. */
async function classesSeen(asked: Asked<Input>, year: number, on: LocalDate) {
  const { input } = asked
  const own = (await ownUnits(asked, year))?.classes
  const { classes } = await referenceOf(asked, 'roster')
  return [...classes]
    .filter(
      ([unit, formed]) =>
        formed.year === year &&
        (own?.has(unit) ?? true) &&
        (input.class === undefined || input.class === unit),
    )
    .map(([unit, { name, members }]) => ({
      unit,
      name,
      pupils: [...new Set(members.map(({ pupil }) => pupil))].filter((pupil) => isMember(members, pupil, on)),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'ru', { numeric: true }))
}

/** By what the families of some pupils are reached on a day. */
async function reachedOn(asked: Asked<unknown>, year: number, on: LocalDate, pupils: ReadonlySet<Uuid>) {
  const { school, parts } = asked
  const { database } = parts
  const known = (await representativesOn(database, school, on)).filter(({ pupil }) => pupils.has(pupil))
  const persons = [...new Set(known.map(({ representative }) => representative))]
  const confirmed = new Set(
    (await contactsOf(database, school, persons))
      .filter((one) => one.confirmed_at !== null && one.withdrawn_at === null)
      .map(({ representative }) => representative),
  )
  // Together, so that the log is asked for many at once.
  const accounts = await Promise.all(
    (await accountsOf(database, school, persons)).map(async ({ account, person }) => {
      const stream = streamName(school, 'access', account)
      const { state } = await parts.execution.streams.load(accessFold, stream)
      return comesIn(state) ? [person] : []
    }),
  )
  const entering = new Set(accounts.flat())
  const zone = await zoneOf(asked, year)
  const extracts = new Map(
    (await lastExtracts(database, school)).map((one) => [one.pupil, dateAt(one.issued_at, zone)]),
  )
  const since = addDays(on, -EXTRACT_DAYS)
  const whose = (people: ReadonlySet<Uuid>) =>
    new Set(known.filter(({ representative }) => people.has(representative)).map(({ pupil }) => pupil))
  const [byContact, byAccount] = [whose(confirmed), whose(entering)]
  const byExtract = new Set([...extracts].filter(([, day]) => day > since).map(([pupil]) => pupil))
  return {
    representatives: Map.groupBy(known, ({ pupil }) => pupil),
    byContact,
    byAccount,
    byExtract,
    extracts,
    isReached: (pupil: Uuid): boolean => [byContact, byAccount, byExtract].some((some) => some.has(pupil)),
  }
}

/** Whether somebody has come in by an account, or promised to keep its rules, and may still come in. */
function comesIn({ activated, rules, identities, lost, blocked, disabled }: Readonly<AccessState>): boolean {
  return (activated || rules !== null || identities.size > 0) && !lost && blocked === null && !disabled
}

type Expected = Awaited<ReturnType<typeof expectedOf>>

/** What the diary showed in time: an entry is shown when it is recorded. An outage that excuses a teacher informs nobody. */
function entriesOf({ lessons, assessments }: Expected, now: Instant) {
  const works = [...lessons.flatMap((lesson) => lesson.works), ...assessments.map(({ work }) => work)]
  const given = works.reduce((sum, work) => sum + work.marks, 0)
  const inTime = works.reduce((sum, work) => sum + work.on_time, 0)
  const ofLessons = (entry: 'attendance_late_by' | 'homework_late_by') => {
    const by = lessons.map(({ due, times }) => ({ due, by: times?.[entry] ?? null }))
    const expected = by.filter((one) => one.due || one.by !== null)
    const late = expected.filter((one) => one.by !== null && one.by > 0).length
    const missing = expected.filter((one) => one.by === null).length
    return { in_time: share(expected.length - late - missing, expected.length), late, missing }
  }
  const [homework, absences] = [ofLessons('homework_late_by'), ofLessons('attendance_late_by')]
  return {
    marks: {
      in_time: share(inTime, given),
      late: given - inTime,
      missing: works.filter((work) => work.marks === 0 && work.due_at < now).length,
    },
    homework,
    absences,
    all: share(
      inTime + homework.in_time.part + absences.in_time.part,
      given + homework.in_time.of + absences.in_time.of,
    ),
  }
}
