import type { AttendanceSheetContent } from '#print/attendance-sheet.ts'
import type { BlankPageContent } from '#print/blank-page.ts'
import type { ErasureActContent } from '#print/erasure-act.ts'
import type { Names, Stamp } from '#print/document.ts'
import { contentHash, type PrintForm } from '#print/forms.ts'
import type { JournalPageContent } from '#print/journal-page.ts'
import type { LessonOfPupil } from '#print/pupil-forms.ts'
import { inForm, type SheetValue } from '#print/report-sheet.ts'
import type { SubstitutionLogContent } from '#print/substitution-log.ts'
import type { SummarySheetContent } from '#print/summary-sheet.ts'
import { usualForm } from '#values/report-form.ts'
import { addDays, Instant, LocalDate, TimeZone } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'

const SPACE = Uuid.parse('a54af4a8-8c3f-5f14-9d54-0d3f3a3a6fff')
const id = (name: string): Uuid => uuidV5(SPACE, name)
const FROM = LocalDate.parse('2026-11-02')
const UNTIL = LocalDate.parse('2026-12-26')
export const ZONE = TimeZone.parse('Asia/Tomsk')

export const TEACHER = id('teacher')
export const TEACHER_NAME = 'Щербакова Ёлка Юрьевна'

/** `Ученик-01 Алёна Юрьевна`: in the order of their numbers. */
export const pupilName = (at: number): string => `Ученик-${String(at).padStart(3, '0')} Алёна Юрьевна`
const pupilId = (at: number): Uuid => id(`pupil ${at}`)

export function namesFor(pupils: number): Names {
  return new Map([
    [TEACHER, TEACHER_NAME],
    ...Array.from({ length: pupils }, (_, at) => [pupilId(at), pupilName(at)] as const),
  ])
}

const pupilsOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ pupil: pupilId(at), from: null, until: null })).toSorted(
    (a, b) => (a.pupil < b.pupil ? -1 : 1),
  )

/** A page of so many pupils and lessons, a mark or an absence in every third cell. */
export function journalPage(pupils: number, lessons: number): PrintForm & { content: JournalPageContent } {
  const taught = Array.from({ length: lessons }, (_, at) => ({
    lesson: id(`lesson ${at}`),
    date: addDays(FROM, at),
    number: (at % 6) + 1,
    topic: `Тема № ${at + 1}: квадратичная функция <y = ax² + bx + c> & её график`,
    material: at % 5 === 0 ? 'Разобраны примеры из учебника' : null,
    homework: at % 4 === 0 ? null : `§ ${at + 1}, упр. ${at * 3 + 1}–${at * 3 + 5} (письменно)`,
    works: at % 7 === 0 ? ['контрольная работа'] : [],
    teacher: TEACHER,
    substitution: false,
  }))
  const content: JournalPageContent = {
    page: id('page'),
    journal: 'Алгебра 7А',
    subject: 'Алгебра',
    learners: '7А',
    year: 2026,
    period: { period: 'q2', name: '2 четверть', from: FROM, until: UNTIL },
    closedAt: null,
    pupils: pupilsOf(pupils),
    lessons: taught,
    cells: taught.flatMap(({ lesson }, column) =>
      Array.from({ length: pupils }, (_, row) => ({ row, column }))
        .filter(({ row }) => (row + column) % 3 === 0)
        .map(({ row }) => ({
          lesson,
          pupil: pupilId(row),
          text: ['5', '4', 'Н/б', '3', 'Опз 4', '5/4', '2*'][(row + column) % 7]!,
        })),
    ),
    finals: Array.from({ length: pupils }, (_, at) => ({
      pupil: pupilId(at),
      kind: 'period' as const,
      text: String((at % 4) + 2),
    })),
    postponed: [],
  }
  return { template: 'journal-page/1', content }
}

export function summary(pupils: number, subjects: number): PrintForm & { content: SummarySheetContent } {
  const periods = [
    { period: 'q1', name: '1 четв.' },
    { period: 'q2', name: '2 четв.' },
    { period: 'q3', name: '3 четв.' },
    { period: 'q4', name: '4 четв.' },
    { period: 'year', name: 'Год' },
  ]
  const journals = Array.from({ length: subjects }, (_, at) => ({
    journal: id(`journal ${at}`),
    subject: `${['Русский язык', 'Литература', 'Обществознание', 'Физическая культура'][at % 4]!}${at < 4 ? '' : ` ${at}`}`,
  }))
  const rows = Array.from({ length: pupils }, (_, at) => pupilId(at))
  return {
    template: 'summary-sheet/1',
    content: {
      unit: id('class'),
      name: '7А',
      year: 2026,
      periods,
      journals,
      pupils: pupilsOf(pupils),
      finals: rows.flatMap((pupil, row) =>
        journals.flatMap(({ journal }, column) => [
          ...periods.map(({ period }) => ({
            journal,
            period,
            pupil,
            kind: period === 'year' ? ('year' as const) : ('period' as const),
            text: String(((row + column) % 4) + 2),
          })),
          ...(column === 0 ? [{ journal, period: 'year', pupil, kind: 'exam' as const, text: '4' }] : []),
        ]),
      ),
      decisions: rows.map((pupil) => ({
        pupil,
        decision: 'promoted',
        orderNumber: '88-у',
        orderDate: LocalDate.parse('2027-05-28'),
      })),
    },
  }
}

const lessonsOfPupil = (count: number): LessonOfPupil[] =>
  Array.from({ length: count }, (_, at) => ({
    date: addDays(FROM, Math.floor(at / 6)),
    number: (at % 6) + 1,
    subject: ['Алгебра', 'Русский язык', 'Физика'][at % 3]!,
    topic: `Тема ${at}`,
    homework: at % 3 === 0 ? null : `упр. ${at}`,
    absence: at % 11 === 0 ? 'Н/б' : null,
    marks: at % 5 === 0 ? [{ kind: 'ответ на уроке', text: '4' }] : [],
    comments: at % 9 === 0 ? ['Забыл тетрадь'] : [],
    teacher: TEACHER,
  }))

const ofPupil = (lessons: number) => ({
  pupil: pupilId(0),
  learners: '7А',
  from: FROM,
  until: UNTIL,
  lessons: lessonsOfPupil(lessons),
})

const attendance: AttendanceSheetContent = {
  unit: id('class'),
  name: '7А',
  year: 2026,
  from: FROM,
  until: UNTIL,
  dates: Array.from({ length: 30 }, (_, at) => addDays(FROM, at)),
  pupils: pupilsOf(12),
  missed: [
    { pupil: pupilId(3), date: FROM, code: 'Н/б', lessons: 6 },
    { pupil: pupilId(4), date: addDays(FROM, 2), code: 'Н/п', lessons: 1 },
  ],
  codes: [
    { code: 'Н/б', name: 'отсутствовал по болезни' },
    { code: 'Н/п', name: 'отсутствовал без уважительной причины' },
  ],
}

const substitutions: SubstitutionLogContent = {
  from: FROM,
  until: UNTIL,
  zone: ZONE,
  changes: [
    {
      date: FROM,
      number: 3,
      journals: ['Алгебра 7А'],
      what: 'замена',
      scheduled: [TEACHER],
      given: pupilId(1),
      reason: 'болезнь',
      order: '№ 14 от 01.11.2026',
      recordedAt: Instant.parse('2026-11-01T09:00:00.000Z'),
      author: TEACHER,
    },
  ],
}

const blank: BlankPageContent = {
  page: id('page'),
  journal: 'Алгебра 7А',
  subject: 'Алгебра',
  learners: '7А',
  year: 2026,
  date: FROM,
  teachers: [TEACHER],
  pupils: pupilsOf(28),
  codes: [{ code: 'Н', name: 'отсутствовал, причина не установлена' }],
}

const shown = (text: string): SheetValue => ({ shown: text, order: text })
const reportSheet = inForm(
  { ...usualForm('missed-lessons'), groupBy: 'subject' },
  [['Обучающийся', { person: pupilId(0) }]],
  Array.from({ length: 60 }, (_, at) => ({
    date: shown('09.11.2026'),
    number: shown('3'),
    subject: shown(at % 2 === 0 ? 'Алгебра' : 'Физика'),
    topic: shown('Степень с натуральным показателем'),
    code: shown('Н/б'),
    valid: shown('да'),
    'made-up': shown('нет'),
  })),
)

const erasureAct: ErasureActContent = {
  person: id('erased'),
  is: 'pupil',
  zone: ZONE,
  on: LocalDate.parse('2053-02-09'),
  purposes: ['identity', 'contacts', 'notes'],
  order: { number: '179-а', date: LocalDate.parse('2053-01-09') },
  keys: 3,
  requested: { event: id('requested'), at: Instant.parse('2053-01-10T03:00:00.000Z'), person: TEACHER },
  confirmed: { event: id('confirmed'), at: Instant.parse('2053-01-10T03:00:00.000Z'), person: TEACHER },
  destroyed: { event: id('destroyed'), at: Instant.parse('2053-02-09T03:00:00.000Z'), person: null },
}

/** One of every form. */
export const FORMS: readonly PrintForm[] = [
  journalPage(28, 40),
  summary(28, 16),
  {
    template: 'pupil-extract/1',
    content: {
      ...ofPupil(60),
      finals: [{ subject: 'Алгебра', period: '1 четверть', kind: 'period', text: '5' }],
    },
  },
  { template: 'diary-week/1', content: ofPupil(30) },
  { template: 'attendance-sheet/1', content: attendance },
  { template: 'substitution-log/1', content: substitutions },
  { template: 'blank-page/1', content: blank },
  { template: 'erasure-act/1', content: erasureAct },
  { template: 'report-sheet/1', content: reportSheet },
]

/** A checkpoint of usual length: what a QR code has to hold. */
export const CHECKPOINT = `letopis.school35.example/log
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— letopis.school35.example/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`

export function stampFor(form: PrintForm, generatedAt = '2026-12-28T05:06:07.890Z'): Stamp {
  return {
    school: 'МАОУ СОШ № 35 г. Томска',
    generatedAt: Instant.parse(generatedAt),
    zone: ZONE,
    by: TEACHER_NAME,
    issuedTo: null,
    printout: id('printout'),
    snapshot: { id: `${form.template.replace('/', '.')}.example`, hash: contentHash(form) },
    checkpoint: CHECKPOINT,
  }
}
