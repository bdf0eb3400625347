import { z } from 'zod'
import { weightedAverage } from '#values/forecast.ts'
import { type GradingSystem, MarkValue, POINTS } from '#values/grading.ts'
import { PeriodId } from '#values/school.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'

/** A mark on which a final rests. */
export interface Basis {
  readonly entry: Uuid | null
  readonly date: LocalDate | null
  readonly period: string
  readonly kind: string
  readonly value: MarkValue
  readonly weight: number
}

/** What marks come to, with the marks: alike wherever a final is proposed or forecast. */
export const proposal = {
  proposed: z.int().nullable().describe('Средневзвешенное, округлённое: половина — вверх'),
  sum: z.int().describe('Σ вес · отметка'),
  weight: z.int().describe('Σ вес'),
  rests_on: z
    .array(
      z.strictObject({
        entry: Uuid.nullable(),
        date: LocalDate.nullable(),
        period: PeriodId,
        kind: z.string(),
        value: MarkValue,
        weight: z.int(),
        counted: z.boolean().describe('Коды в среднем не считаются'),
      }),
    )
    .describe('Отметки, по которым предложено'),
}

/** The final that the marks of one pupil come to by the published rule, in a grading system. */
export function proposalOf(basis: readonly Basis[], grading: string) {
  const points = POINTS[grading as GradingSystem] !== null
  const rests_on = basis.map(({ entry, date, period, kind, value, weight }) => {
    const counted = points && typeof value === 'number'
    return { entry, date, period, kind, value, weight, counted }
  })
  const average = weightedAverage(
    rests_on.flatMap(({ value, weight, counted }) =>
      counted && typeof value === 'number' ? [{ value, weight }] : [],
    ),
  )
  return {
    proposed: average?.rounded ?? null,
    sum: average?.sum ?? 0,
    weight: average?.weight ?? 0,
    rests_on,
  }
}
