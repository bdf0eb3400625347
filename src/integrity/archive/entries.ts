import type { Uuid } from '#values/uuid.ts'
import type { JournalForm, PageForm } from './forms.ts'
import type { BesideForm } from './forms-beside.ts'
import type { WorkForm } from './forms-page.ts'

/** A line of what has no place in the two tables of a paper journal; people stand in it by id. */
export interface Entry {
  readonly what: string
  readonly date: string | null
  readonly pupil: Uuid | null
  readonly subject: string | null
  readonly kind: string | null
  readonly value: string | number | null
  readonly text: string | null
  /** Whom the text names last: examiners, a commission. */
  readonly people: readonly Uuid[]
  readonly at: string | null
}

const NOTHING = {
  date: null,
  pupil: null,
  subject: null,
  kind: null,
  value: null,
  text: null,
  people: [],
  at: null,
}

/** What stands on a page beside its lessons and assessments. */
export function pageEntries(legend: JournalForm['legend'], page: PageForm): Entry[] {
  return [
    ...creditEntries(legend, page),
    ...page.lessons.flatMap(({ date, individual }) =>
      individual.map(({ pupil, homework }) => {
        return { ...NOTHING, what: 'задание обучающемуся', date, pupil, text: homework.text }
      }),
    ),
    ...page.postponements.map(({ pupil, until }) => {
      return { ...NOTHING, what: 'отсрочка итога', date: until, pupil }
    }),
    ...page.remarks.map(({ kind, pupil, date, text, at }) => {
      return { ...NOTHING, what: word(REMARKS, kind), date, pupil, text, at }
    }),
    ...page.exemptions.map(({ pupil, from, until, document: { number, date } }) => {
      const text = `по ${until}; документ ${number ?? 'б/н'} от ${date}`
      return { ...NOTHING, what: 'освобождение от практики', date: from, pupil, text }
    }),
    ...page.disputes.map(({ pupil, value, text, answer, at }) => ({
      ...NOTHING,
      what: 'несогласие с отметкой',
      pupil,
      kind: answer === null ? 'нет ответа' : word(ANSWERS, answer.by),
      value,
      text: answer === null || answer.text === null ? text : `${text} — Ответ: ${answer.text}`,
      at,
    })),
    ...page.differences.map(({ what, pupil, paper, electronic, foundOn, settled, at }) => ({
      ...NOTHING,
      what: 'расхождение с бумажной страницей',
      date: foundOn,
      pupil,
      kind: `${word(PLACES, what)}, ${settled === null ? 'не разобрано' : word(SETTLED, settled.by)}`,
      text: [`на бумаге: ${paper ?? 'нет'}; в журнале: ${electronic ?? 'нет'}`, settled?.text ?? []]
        .flat()
        .join('; '),
      at,
    })),
    ...page.signatures.map(({ method, checked, digest, by, at }) => ({
      ...NOTHING,
      what: 'подпись страницы',
      kind: `${word(METHODS, method)}, ${word(CHECKED, checked)}`,
      text: `${digest}, учётная запись ${by}`,
      at,
    })),
    ...page.lessons.flatMap(({ date, explained }) => {
      if (explained === null) return []
      const { reason, note, at } = explained
      const kind = legend.reasons[reason] ?? reason
      return [{ ...NOTHING, what: 'причина поздней записи', date, kind, text: note, at }]
    }),
  ]
}

function creditEntries(legend: JournalForm['legend'], { lessons, assessments }: PageForm): Entry[] {
  return [...lessons, ...assessments].flatMap(({ date, works }) =>
    works.flatMap(({ kind, marks }) =>
      marks.flatMap(({ pupil, value, credit, recordedAt }) =>
        credit === null
          ? []
          : [
              {
                ...NOTHING,
                what: CREDIT,
                date,
                pupil,
                kind: legend.kinds[kind] ?? kind,
                value,
                ...creditGround(credit),
                at: recordedAt,
              },
            ],
      ),
    ),
  )
}

export const CREDIT = 'зачёт темы'

/** By which protocol, before whom, a topic that was missed is credited. */
export function creditGround({
  absence,
  protocol,
  examiners,
}: NonNullable<WorkForm['marks'][number]['credit']>): Pick<Entry, 'text' | 'people'> {
  return {
    text: `пропуск ${absence}; протокол ${protocol.number} от ${protocol.date}`,
    people: examiners,
  }
}

/** What stands beside the finals: how pupils learn, what they brought along, what commissions came to. */
export function besideEntries({ forms, credited, attestations }: BesideForm): Entry[] {
  return [
    ...forms.map(({ pupil, form, from, order }) => ({
      ...NOTHING,
      what: 'форма обучения',
      date: from,
      pupil,
      value: word(FORMS, form),
      text: `приказ ${order.number} от ${order.date}`,
    })),
    ...credited.map(({ pupil, subject, period, value, issuedBy, document }) => ({
      ...NOTHING,
      what: 'итог из другой организации',
      date: document.date,
      pupil,
      subject,
      kind: period,
      value,
      text: `${issuedBy}; документ ${document.number} от ${document.date}`,
    })),
    ...attestations.map(({ pupil, subject, stage, date, commission, protocol, value }) => ({
      ...NOTHING,
      what: word(STAGES, stage),
      date,
      pupil,
      subject,
      value,
      text: `протокол ${protocol.number} от ${protocol.date}`,
      people: commission,
    })),
  ]
}

type Words = Readonly<Record<string, string>>

const word = (words: Words, of: string): string => words[of] ?? of

const REMARKS: Words = { remark: 'замечание', recommendation: 'рекомендация' }
const ANSWERS: Words = {
  refusal: 'отказ',
  correction: 'отметка исправлена',
  withdrawal: 'отметка отозвана',
}
const PLACES: Words = {
  mark: 'отметка',
  absence: 'отсутствие',
  topic: 'тема',
  homework: 'задание',
  final: 'итог',
}
const SETTLED: Words = {
  correction: 'исправлено',
  record: 'записано',
  explanation: 'оставлено с объяснением',
}
const METHODS: Words = { password: 'паролем', certificate: 'сертификатом' }
const CHECKED: Words = { verified: 'проверена', 'not-checked': 'не проверялась' }
const FORMS: Words = {
  'full-time': 'очная',
  'part-time': 'очно-заочная',
  family: 'семейное образование',
  self: 'самообразование',
}
const STAGES: Words = {
  intermediate: 'промежуточная аттестация',
  final: 'итоговая аттестация',
}
