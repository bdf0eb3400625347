import { z } from 'zod'
import { label } from '#values/text.ts'

/** A person's name as it is typed into a command. It goes to the person store and never into an event (R-D8). */
export const TypedName = z
  .strictObject({
    family: label().describe('Фамилия'),
    given: label().describe('Имя'),
    patronymic: label().nullable().default(null).describe('Отчество, если есть'),
  })
  .meta({ id: 'TypedName' })
