import { z } from 'zod'
import { ConsentRule } from './consent.ts'
import type { GradingSystem } from './grading.ts'
import { REPORT_NAMES, ReportForm } from './report-form.ts'
import { JournalType } from './school.ts'
import { label, webAddress } from './text.ts'
import { LocalDate } from './time.ts'

/**
 * The rules of a school as data: which values and codes a cell may hold, which kinds of work there are and
 * when their marks are due, and why something may be corrected. A policy takes effect on a date and never
 * changes what was recorded before it.
 */

/** What a code says of a pupil at a lesson (DOMAIN.md C.2). */
export const CodeKind = z.enum([
  'absence', // not at the lesson
  'lateness', // came late; may stand beside a mark
  'note', // a remark in place of a mark, such as a debt
  'credit', // pass or fail
  'final', // stands in the place of a final mark
])

export const ValueCode = z.strictObject({
  code: label(12),
  name: label(),
  kind: CodeKind,
  /** For absences: whether the reason is valid; null while it is not known. */
  valid: z.boolean().nullable(),
})
export type ValueCode = z.infer<typeof ValueCode>

export const KindId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'small Latin letters, digits and dashes')
  .brand<'KindId'>()
  .meta({ id: 'KindId' })
export type KindId = z.infer<typeof KindId>

/** Tests of the control within the school (ВШК): a kind of its own, with a deadline of its own (R-2.11, R-7A.11). */
export const INTERNAL_CONTROL = KindId.parse('internal-control')

export const Weight = z.int().min(1).max(10)

export const KindOfWork = z.strictObject({
  kind: KindId,
  name: label(),
  /** Calendar days after the lesson by which its marks are due; 0 is the same day (R-2.5a, 2.11, 2.12; A-03). */
  dueInDays: z.int().min(0).max(60),
  /** Whether days without school count: all days, unless the school says otherwise. */
  days: z.enum(['calendar', 'working']).default('calendar'),
  weight: Weight,
})
export type KindOfWork = z.infer<typeof KindOfWork>

export const CorrectionReason = z.strictObject({ reason: KindId, name: label() })

export const LessonType = z.strictObject({ type: KindId, name: label() })

/** What counts as success and as quality in a system of points (DOMAIN.md C.3): not less than so many. */
const OfPoints = z.strictObject({
  system: z.enum(['g5', 'g10', 'g12', 'g100']),
  success: z.int().min(0).max(100),
  quality: z.int().min(0).max(100),
})
/** Levels from the lowest to the highest, and from which on a pupil succeeds, and does well. */
const OfLevels = z.strictObject({
  system: z.literal('level'),
  levels: z.array(label(24)).min(2).max(12),
  success: label(24),
  quality: label(24),
})
/** From how many per cent of the greatest sum of scores on each mark of the five-point scale is given. */
const OfCriteria = z.strictObject({
  system: z.literal('crit'),
  marks: z
    .array(z.strictObject({ mark: z.int().min(2).max(5), fromPercent: z.int().min(0).max(100) }))
    .min(2)
    .max(4),
})
export const GradingRules = z.discriminatedUnion('system', [OfPoints, OfLevels, OfCriteria])
export type GradingRules = z.infer<typeof GradingRules>

/** A local act of the school: where it is published, and which words it has (R-T3). */
export const LocalAct = z.strictObject({
  act: z.enum(['corrections', 'grading', 'deadlines', 'attestation', 'journal', 'other']),
  title: label(200),
  number: label(40).nullable(),
  date: LocalDate,
  url: webAddress(1_000),
})

/** Whether marks are given in journals of a type, and whether the summary sheet has them. */
const RulesOfType = z.strictObject({ type: JournalType, marks: z.boolean(), summary: z.boolean() })

/** Those of whom a school may want an application for access: whoever works there has the access of his work. */
const APPLICANTS = ['pupil', 'parent'] as const

export const Policy = z
  .strictObject({
    valueCodes: z.array(ValueCode).min(1).max(60),
    kindsOfWork: z.array(KindOfWork).min(1).max(60),
    lessonTypes: z.array(LessonType).min(1).max(40),
    correctionReasons: z.array(CorrectionReason).min(1).max(60),
    /** Minutes after an entry during which it may be corrected without a reason (R-F19; default 0). */
    graceMinutes: z.int().min(0).max(1440),
    /** Minutes after the last lesson of the class by which homework is due (R-2.7b). */
    homeworkMinutes: z.int().min(0).max(1440),
    /** How each grading system counts, where it is not the usual way (R-F4). */
    gradings: z.array(GradingRules).max(10).default([]),
    /** How many marks a pupil should have in a quarter, by lessons a week; the last line holds for more (C.5). */
    marksNorm: z
      .array(z.strictObject({ weekly: z.int().min(1).max(10), marks: z.int().min(0).max(60) }))
      .max(10)
      .default([]),
    /** The local acts on which these rules rest (R-T3). */
    acts: z.array(LocalAct).max(40).default([]),
    /** Tests of a class on a day, above which their schedule warns (R-7A.6e; default 1). */
    testsPerDay: z.int().min(1).max(10).default(1),
    /** Whether the journals of pilot classes count in the statutory reports and among what is overdue (R-T4; default yes). */
    pilotsCounted: z.boolean().default(true),
    /** Whether the closing of a page is final only with a verified signature of it as it stands (R-7V.2; default no). */
    signatureRequired: z.boolean().default(false),
    /** Whether a final may be set before the last week of the period (R-2.13; default yes, shown as early). */
    earlyFinals: z.boolean().default(true),
    /** Operations are void from the later receipt of a notice of breach on, or from the earlier one (A-01; default the later). */
    breachWindow: z.enum(['max', 'min']).default('max'),
    /** What holds in journals of a type, where it is not the usual: {@link rulesOfType} (R-A4.3). */
    journalTypes: z.array(RulesOfType).max(10).default([]),
    /** The kinds of assessments outside lessons whose results the summary sheet shows (R-F15). */
    assessmentsInSummary: z.array(KindId).max(20).default([]),
    /** Whether class teachers write marks, finals and homework in all subjects of their classes (R-2.4: default no). */
    classTeacherWrites: z.boolean().default(false),
    /** Whether the token of an external system opens nothing before the head has approved it (§5/8; default no). */
    exchangeApproved: z.boolean().default(false),
    /** Whose account is activated only when the school has an application for access (Приложение 1; default pupils). */
    accessApplications: z.array(z.enum(APPLICANTS)).max(APPLICANTS.length).default(['pupil']),
    /** Without whose word nothing of a child is delivered to a parent in electronic form (R-5.1; default a consent is required). */
    consents: ConsentRule.default('required'),
    /** The forms of reports that are the school's own; the others are as they are without a word (R-F6). */
    reportForms: z.array(ReportForm).max(REPORT_NAMES.length).default([]),
  })
  .meta({ id: 'Policy' })
export type Policy = z.infer<typeof Policy>

/** What holds in journals of a type: marks are given in all, and the summary sheet has lessons alone. */
export function rulesOfType(
  { journalTypes }: Pick<Policy, 'journalTypes'>,
  type: JournalType,
): { readonly marks: boolean; readonly summary: boolean } {
  return journalTypes.find((rules) => rules.type === type) ?? { marks: true, summary: type === 'lesson' }
}

const code = (code: string, name: string, kind: z.infer<typeof CodeKind>, valid: boolean | null = null) => ({
  code,
  name,
  kind,
  valid,
})
const work = (kind: string, name: string, dueInDays: number, weight = 1) => ({
  kind,
  name,
  dueInDays,
  weight,
})

const points = (system: 'g5' | 'g10' | 'g12' | 'g100', success: number, quality: number) => ({
  system,
  success,
  quality,
})

/** How each system counts unless the school says otherwise (DOMAIN.md C.3). */
export const USUAL_GRADINGS: readonly GradingRules[] = z.array(GradingRules).parse([
  points('g5', 3, 4),
  points('g10', 5, 7),
  points('g12', 4, 7),
  points('g100', 50, 70),
  {
    system: 'level',
    levels: ['ниже базового', 'базовый', 'повышенный', 'высокий'],
    success: 'базовый',
    quality: 'повышенный',
  },
  {
    system: 'crit',
    marks: [
      { mark: 2, fromPercent: 0 },
      { mark: 3, fromPercent: 50 },
      { mark: 4, fromPercent: 70 },
      { mark: 5, fromPercent: 86 },
    ],
  },
])

/** How a system counts in a school: by its own rules, or in the usual way; null where nothing is counted. */
export function gradingRules<System extends GradingSystem>(
  policy: Pick<Policy, 'gradings'>,
  system: System,
): Extract<GradingRules, { system: System }> | null {
  const found = [...policy.gradings, ...USUAL_GRADINGS].find((rules) => rules.system === system)
  return (found ?? null) as Extract<GradingRules, { system: System }> | null
}

/** Whether a value is a success, and whether it is of quality; null where it is neither (C.2, C.3). */
export function successOf(
  policy: Pick<Policy, 'gradings'>,
  system: GradingSystem,
  value: number | string,
): { readonly success: boolean; readonly quality: boolean | null } | null {
  if (value === 'Зач' || value === 'Незач') return { success: value === 'Зач', quality: null }
  if (system === 'crit') return successOf(policy, 'g5', value)
  const rules = gradingRules(policy, system)
  if (rules === null) return null
  if (rules.system === 'level') {
    const place = (level: string) => rules.levels.indexOf(level)
    const at = typeof value === 'string' ? place(value) : -1
    if (at < 0) return null
    return { success: at >= place(rules.success), quality: at >= place(rules.quality) }
  }
  if (typeof value !== 'number') return null
  return { success: value >= rules.success, quality: value >= rules.quality }
}

/**
 * What a school starts with: the notes of the example «ТЭШ» of п. 2.8 (R-2.8b), the two codes that it lacks
 * Н and Н/п) and Незач, the kinds of work of DOMAIN.md C.6 and the reasons of C.7.
 */
export const STARTING_POLICY: Policy = Policy.parse({
  valueCodes: [
    code('Н', 'отсутствовал, причина не установлена', 'absence'),
    code('Н/б', 'отсутствовал по болезни', 'absence', true),
    code('Н/у', 'отсутствовал по уважительной причине', 'absence', true),
    code('Н/п', 'отсутствовал без уважительной причины', 'absence', false),
    code('Опз', 'опоздал', 'lateness'),
    code('Д', 'долг', 'note'),
    code('Зач', 'зачёт', 'credit'),
    code('Незач', 'незачёт', 'credit'),
    code('осв', 'освобождён', 'final'),
    code('н/а', 'не аттестован', 'final'),
    code('безотм', 'безотметочное обучение', 'final'),
  ],
  kindsOfWork: [
    work('lesson-answer', 'ответ на уроке', 0),
    work('homework', 'домашняя работа', 0),
    work('independent-work', 'самостоятельная работа', 7),
    work('quiz', 'проверочная работа, тест', 7),
    work('test', 'контрольная работа', 7, 2),
    work('internal-control', 'контрольная работа внутришкольного контроля', 3, 2),
    work('dictation', 'диктант', 7),
    work('exposition', 'изложение', 7),
    work('composition', 'сочинение', 7, 2),
    work('laboratory-work', 'лабораторная работа', 7),
    work('practical-work', 'практическая работа', 7),
    work('project', 'проект', 7, 2),
    work('exam', 'экзамен', 1, 2),
    work('final-test', 'итоговая работа', 7, 2),
    work('credit', 'зачёт', 0),
    work('reading-technique', 'техника чтения', 0),
    work('fitness-standard', 'норматив', 0),
  ],
  lessonTypes: [
    { type: 'lesson', name: 'урок' },
    { type: 'test', name: 'контрольная работа' },
    { type: 'practical', name: 'практическая работа' },
    { type: 'laboratory', name: 'лабораторная работа' },
    { type: 'credit', name: 'зачёт' },
    { type: 'excursion', name: 'экскурсия' },
    { type: 'consultation', name: 'консультация' },
    { type: 'extracurricular', name: 'занятие внеурочной деятельности' },
  ],
  correctionReasons: [
    { reason: 'typing-error', name: 'ошибка ввода' },
    { reason: 'wrong-pupil', name: 'ошибочно другому обучающемуся' },
    { reason: 'retaken', name: 'пересдача, исправление работы' },
    { reason: 'appeal', name: 'апелляция (обращение обучающегося)' },
    { reason: 'missed-topic-credited', name: 'зачёт пропущенной темы (протокол)' },
    { reason: 'absence-document', name: 'изменена причина пропуска (документ)' },
    { reason: 'lesson-transferred', name: 'перенос урока' },
    { reason: 'lesson-substituted', name: 'замена урока' },
    { reason: 'paper-reconciliation', name: 'сверка с бумажной записью' },
    { reason: 'technical-failure', name: 'технический сбой' },
    { reason: 'shared-device', name: 'ввод с общего устройства' },
    { reason: 'head-order', name: 'распоряжение руководителя' },
    { reason: 'suspect-operation', name: 'отмена подозрительной операции (нарушение доступа)' },
  ],
  graceMinutes: 0,
  homeworkMinutes: 90,
  gradings: [],
  marksNorm: [
    { weekly: 1, marks: 3 },
    { weekly: 2, marks: 5 },
    { weekly: 3, marks: 7 },
    { weekly: 4, marks: 9 },
  ],
  acts: [],
})

/** The codes of the example «ТЭШ» of п. 2.8, beside its marks 2, 3, 4, 5: these five and no other for a lesson (R-2.8b). */
const TESH_CODES = new Set(['Д', 'Зач', 'Опз', 'Н/б', 'Н/у'])

/** Rules that a school may take by name. */
export const POLICY_PRESETS = {
  letopis: STARTING_POLICY,
  'tesh-2015': Policy.parse({
    ...STARTING_POLICY,
    valueCodes: STARTING_POLICY.valueCodes.filter(
      // The codes of finals are those of п. 2.8 itself, whatever the notes for lessons are (R-2.8a).
      ({ code, kind }) => kind === 'final' || TESH_CODES.has(code),
    ),
  }),
} as const satisfies Record<string, Policy>
export type PolicyPreset = keyof typeof POLICY_PRESETS
