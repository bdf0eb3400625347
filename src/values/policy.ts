import { z } from 'zod'
import { label } from './text.ts'

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

export const Weight = z.int().min(1).max(10)

export const KindOfWork = z.strictObject({
  kind: KindId,
  name: label(),
  /** Calendar days after the lesson by which its marks are due; 0 is the same day (R-2.5a, 2.11, 2.12; A-03). */
  dueInDays: z.int().min(0).max(60),
  weight: Weight,
})
export type KindOfWork = z.infer<typeof KindOfWork>

export const CorrectionReason = z.strictObject({ reason: KindId, name: label() })

export const LessonType = z.strictObject({ type: KindId, name: label() })

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
  })
  .meta({ id: 'Policy' })
export type Policy = z.infer<typeof Policy>

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
    work('dictation', 'диктант', 7),
    work('exposition', 'изложение', 7),
    work('composition', 'сочинение', 7, 2),
    work('laboratory-work', 'лабораторная работа', 7),
    work('practical-work', 'практическая работа', 7),
    work('project', 'проект', 7, 2),
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
    { reason: 'head-order', name: 'распоряжение руководителя' },
    { reason: 'suspect-operation', name: 'отмена подозрительной операции (нарушение доступа)' },
  ],
  graceMinutes: 0,
  homeworkMinutes: 90,
})
