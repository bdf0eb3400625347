import { dayAndMonth } from '#print/dates.ts'
import type { Channel } from '#values/contact.ts'
import type { MarkValue } from '#values/grading.ts'
import type { LocalDate } from '#values/time.ts'

/** The code by which whoever gave a contact shows that it is his. */
export function codeText(code: string): { readonly subject: string; readonly text: string } {
  return {
    subject: 'Код подтверждения',
    text: `${code} — код подтверждения контакта для электронного дневника. Если вы его не просили, ничего не делайте.`,
  }
}

/** A day of the diary as a letter tells it. */
export interface DayOfDiary {
  readonly date: LocalDate
  readonly lessons: ReadonlyArray<{
    readonly subject: string
    readonly marks: readonly MarkValue[]
    readonly absence: string | null
    readonly homework: readonly string[]
  }>
}

const NEW_MARKS = 'Новые отметки'

/** The marks of a day by subject, and of which class; neither a name nor what was said with them (docs/decisions/0103). */
export function marksText(
  learners: string | null,
  marks: ReadonlyArray<{ readonly subject: string; readonly values: readonly MarkValue[] }>,
  diary: string | null,
): { readonly subject: string; readonly text: string } {
  const told = marks.map(({ subject, values }) => `${subject} ${values.join(', ')}`).join('; ')
  return { subject: NEW_MARKS, text: `${of(learners)}${told}${diary === null ? '' : `. Дневник: ${diary}`}` }
}

/** A week of the diary: lessons with marks, absences and homework; neither a name nor what was said with them. */
export function weekText(
  learners: string | null,
  { from, through }: { readonly from: LocalDate; readonly through: LocalDate },
  days: readonly DayOfDiary[],
  diary: string | null,
): { readonly subject: string; readonly text: string } {
  const told = days.map(({ date, lessons }) =>
    [
      dayAndMonth(date),
      ...lessons.map(({ subject, marks, absence, homework }) => {
        const parts = [
          ...(marks.length === 0 ? [] : [`отметки ${marks.join(', ')}`]),
          ...(absence === null ? [] : [absence]),
          ...homework.map((text) => `задано: ${text}`),
        ]
        return parts.length === 0 ? `  ${subject}` : `  ${subject}: ${parts.join('; ')}`
      }),
    ].join('\n'),
  )
  const where = diary === null ? 'в электронном дневнике' : `в электронном дневнике: ${diary}`
  return {
    subject: `${of(learners)}${weekOf(from, through)}`,
    text: `${told.join('\n')}\n\nВсё остальное — ${where}`,
  }
}

/** What says that there is something in the diary, and not what. */
export function noticeText(
  {
    channel,
    since,
    until,
  }: { readonly channel: Channel; readonly since: LocalDate; readonly until: LocalDate },
  diary: string | null,
): { readonly subject: string; readonly text: string } {
  const subject = channel === 'sms' ? NEW_MARKS : weekOf(since, until)
  return { subject, text: `${subject} — в электронном дневнике${diary === null ? '' : `: ${diary}`}` }
}

/** Whose it is, for a parent of several: the class, and no name. */
const of = (learners: string | null): string => (learners === null ? '' : `${learners}: `)
const weekOf = (from: LocalDate, through: LocalDate): string =>
  `Дневник за неделю ${dayAndMonth(from)}–${dayAndMonth(through)}`

/** What a family reads outside the diary: the words of the message only where that was agreed (R-5.7). */
export function letterText(
  words: { readonly subject: string | null; readonly text: string | null } | null,
  diary: string | null,
): { readonly subject: string; readonly text: string } {
  const where = diary === null ? 'в электронном дневнике' : `в электронном дневнике: ${diary}`
  if (words === null || words.text === null) {
    return { subject: 'Новое сообщение школы', text: `Новое сообщение школы — ${where}` }
  }
  const subject = words.subject ?? 'Сообщение школы'
  const head = words.subject === null ? '' : `${words.subject}\n\n`
  return { subject, text: `${head}${words.text}\n\nОтвечать не нужно; сообщение — ${where}` }
}
