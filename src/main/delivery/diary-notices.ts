import { contactsFold, subscriptionOf } from '#commands/contacts/state.ts'
import { execute } from '#commands/execute.ts'
import { familyFold, represents } from '#commands/family/state.ts'
import { dayOf } from '#commands/message/addressees.ts'
import { issueDiaryNotice } from '#commands/message/issue-diary-notice.ts'
import type { DiaryNotice } from '#commands/message/state.ts'
import { DEFAULT_ZONE } from '#commands/school-year/state.ts'
import { streamName } from '#events/stream-name.ts'
import { authorsOfMarks } from '#projections/audit-trail/queries.ts'
import { type DiaryWindow, subscribersDue } from '#projections/messages/queries.ts'
import { diary, marksRecorded } from '#projections/pupil-diary/queries.ts'
import { classNameOn } from '#projections/school-directory/queries.ts'
import type { SchoolSlug } from '#values/school.ts'
import { addDays, dateAt, instantAt, type Instant, type LocalDate, mondayOf, weekday } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import type { Installation } from '../installation.ts'
import { OPERATOR } from '../operator.ts'
import { type DayOfDiary, marksText, weekText } from './wording.ts'

/** When the marks of a day go out, and on Sunday the week: by the clock of the school. */
const EVENING = '19:00'
const SUNDAY = 7

/** What a notice says, and the marks on which it rests. */
export interface Composed {
  readonly words: { readonly subject: string; readonly text: string }
  readonly marks: readonly Uuid[]
}

const evening = (date: LocalDate): Instant => instantAt(date, EVENING, DEFAULT_ZONE)

/**
 * What is due to subscribers at an instant: the marks of the day after the evening of it, the week after that of its Sunday.
 * Whatever was missed because the service did not run is due until the next evening.
 */
export function windowsDue(now: Instant): DiaryWindow[] {
  const today = dateAt(now, DEFAULT_ZONE)
  const day = now < evening(today) ? addDays(today, -1) : today
  const until = evening(day)
  const marks = { channel: 'sms' as const, since: evening(addDays(day, -1)), until, from: day, through: day }
  if (weekday(day) !== SUNDAY) return [marks]
  const monday = mondayOf(day)
  const since = instantAt(monday, '00:00', DEFAULT_ZONE)
  return [marks, { channel: 'email', since, until, from: monday, through: day }]
}

/** The diary for those who subscribed to it: what is due is issued, and put into words when it goes out. */
export class DiaryNotices {
  readonly #installation: Pick<Installation, 'database' | 'execution'>

  constructor(installation: Pick<Installation, 'database' | 'execution'>) {
    this.#installation = installation
  }

  /** Issues what is due to each subscriber. Its id follows from what it is, so that two who look issue it once. */
  async issue(): Promise<void> {
    const { database, execution } = this.#installation
    for (const { channel, since, until, ...dates } of windowsDue(execution.clock())) {
      const due = await subscribersDue(database.kysely, { channel, since, until, ...dates })
      for (const { school, pupil, representative } of due) {
        const message = uuidV5(pupil, `${representative} ${channel} ${until}`)
        const input = { message, representative, pupil, channel, since, until }
        // Refused is what went to somebody who represents the pupil no more.
        await execute(execution, issueDiaryNotice, { school, actor: OPERATOR, id: message, input })
      }
    }
  }

  /** Whether whoever was to get a notice may, and wants to, still. */
  async isWanted(school: SchoolSlug, { representative, pupil, channel }: DiaryNotice): Promise<boolean> {
    const { streams, clock } = this.#installation.execution
    const family = await streams.load(familyFold, streamName(school, 'family', pupil))
    const { state } = await streams.load(contactsFold, streamName(school, 'contacts', representative))
    return (
      represents(family.state, representative, dayOf(clock())) &&
      state.subscriptions.has(subscriptionOf({ pupil, channel }))
    )
  }

  /** Who wrote the marks of which a notice speaks, and on which pages. */
  authorsOf(school: SchoolSlug, told: Composed | null) {
    return authorsOfMarks(this.#installation.database.kysely, school, told?.marks ?? [])
  }

  /**
   * A notice in words, by what the diary says now; null where there is nothing to tell any more.
   *
   * @param address the address of the diary; null names none
   */
  async compose(school: SchoolSlug, notice: DiaryNotice, address: string | null): Promise<Composed | null> {
    const { kysely } = this.#installation.database
    const { pupil, channel, since, until } = notice
    const [from, through] = [dateAt(since, DEFAULT_ZONE), dateAt(until, DEFAULT_ZONE)]
    const learners = (await classNameOn(kysely, school, pupil, through)) ?? null
    if (channel === 'sms') {
      const found = await marksRecorded(kysely, school, pupil, since, until)
      const bySubject = Map.groupBy(found, ({ subject }) => subject ?? '')
      const marks = [...bySubject].map(([subject, some]) => ({
        subject,
        values: some.map(({ value }) => value),
      }))
      return found.length === 0
        ? null
        : { words: marksText(learners, marks, address), marks: found.map(({ entry }) => entry) }
    }
    const lessons = await diary(kysely, school, pupil, from, through)
    const days = [...Map.groupBy(lessons, ({ date }) => date)].map(
      ([date, some]): DayOfDiary => ({
        date,
        lessons: some.map(({ subject, marks, absence, homework, individual_homework: own }) => ({
          subject: subject ?? '',
          marks: marks.map(({ value }) => value),
          absence: absence?.code ?? null,
          homework: [homework?.content?.text, own?.content.text].filter((text) => text !== undefined),
        })),
      }),
    )
    return days.length === 0
      ? null
      : {
          words: weekText(learners, { from, through }, days, address),
          marks: lessons.flatMap(({ marks }) => marks.map(({ entry }) => entry)),
        }
  }
}
