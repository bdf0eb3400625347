import { z } from 'zod'
import { label } from './text.ts'

/**
 * What a representative may consent to: `diary` is what the service itself shows and tells of the child, views and
 * streams of events alike; `messages` is what leaves the service by e-mail or SMS.
 */
export const ConsentScope = z.enum(['diary', 'messages'])
export type ConsentScope = z.infer<typeof ConsentScope>

/** On paper, which the class teacher enters, or in the cabinet of the representative. */
export const ConsentForm = z.enum(['written', 'electronic'])
export type ConsentForm = z.infer<typeof ConsentForm>

/**
 * Whose results are delivered in electronic form by the rules of a school: `required` wants a consent; `refusals` leaves
 * open what nobody has refused or withdrawn.
 */
export const ConsentRule = z.enum(['required', 'refusals'])

/** By which wording of the notice somebody was told. */
export const NoticeVersion = label(90)

/** The number of the wording below: whoever changes a word of it gives it the next one. */
const WORDING = 1

/** What the school tells the representative of the processing and of the transfer to the operator (152-ФЗ, R-A3.3b). */
export interface ProcessingNotice {
  /** Names the wording and the agreement of which it tells: after either changes, another version stands. */
  readonly version: string
  readonly text: readonly string[]
}

/** @param agreement by which the operator processes the data of the school; null where there is none on record */
export function processingNotice(agreement: string | null): ProcessingNotice {
  const transfer =
    agreement === null
      ? 'Сведений о договоре с оператором в журнале нет: школа обрабатывает эти данные сама.'
      : `По договору ${agreement} школа передаёт эти данные оператору информационной системы: он хранит и обрабатывает их только по поручению школы, для ведения журнала и дневника, и не передаёт третьим лицам.`
  return {
    version: `${WORDING} / ${agreement ?? 'без оператора'}`,
    text: [
      'Школа ведёт журнал успеваемости в электронной форме и обрабатывает персональные данные обучающегося: фамилию, имя и отчество, класс и группы, отметки, пропуски, темы, домашние задания, замечания и рекомендации учителей.',
      transfer,
      'С вашего согласия эти сведения доступны вам в электронном дневнике, а если вы согласны и на это — сообщения приходят на вашу почту или телефон. Без согласия вы получаете те же сведения выпиской на бумаге у классного руководителя.',
      'Согласие можно отозвать в любой день: в своём кабинете или письменно.',
    ],
  }
}
