import { z } from 'zod'
import { LocalDate } from './time.ts'

/** The paper on which another name rests. Its number is not kept: it is a personal datum that no view needs. */
const NameDocument = z.strictObject({
  kind: z
    .enum(['name-change', 'marriage', 'divorce', 'birth', 'identity', 'court'])
    .describe('Вид документа: о перемене имени, о браке, о расторжении, о рождении, паспорт, решение суда'),
  date: LocalDate.describe('Дата документа: с неё человек носит новое имя'),
})

/**
 * Why somebody is called otherwise from now on: the name was changed by a document, and the former one was right until
 * its date; or it was mistyped, and never was the name of anybody.
 */
export const nameCorrection = {
  reason: z.enum(['changed', 'mistyped']),
  document: NameDocument.nullable(),
}

export type NameCorrection = z.infer<z.ZodObject<typeof nameCorrection>>
