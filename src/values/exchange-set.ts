import { z } from 'zod'

/**
 * What may be agreed with an external system (DOMAIN.md B.2, row 45). It reads the calendar of a school year; classes and
 * groups with who learns in them and who works at the school; journals with their teachers; and, for a diary that somebody
 * else keeps (R-7A.18b), what the diary shows of each pupil for whom a representative consents. `acknowledgements` lets that
 * diary write, and nothing else: that a representative got acquainted with a week.
 */
export const EXCHANGE_SETS = ['calendar', 'rosters', 'load', 'diary', 'acknowledgements'] as const
export const ExchangeSet = z.enum(EXCHANGE_SETS).meta({ id: 'ExchangeSet' })
export type ExchangeSet = z.infer<typeof ExchangeSet>

/** The sets that are lists of the whole school, of which changes are told (R-T2). */
export type ListSet = Exclude<ExchangeSet, 'diary' | 'acknowledgements'>
