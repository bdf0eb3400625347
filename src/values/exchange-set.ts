import { z } from 'zod'

/**
 * What an external system may be agreed to read (DOMAIN.md B.2, row 45): the calendar of a school year; classes and
 * groups with who learns in them and who works at the school; journals with their teachers; and, for a diary that somebody
 * else keeps (R-7A.18b), what the diary shows of each pupil for whom a representative consents.
 */
export const EXCHANGE_SETS = ['calendar', 'rosters', 'load', 'diary'] as const
export const ExchangeSet = z.enum(EXCHANGE_SETS).meta({ id: 'ExchangeSet' })
export type ExchangeSet = z.infer<typeof ExchangeSet>
