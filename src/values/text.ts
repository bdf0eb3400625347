import { z } from 'zod'

/**
 * Text that people typed. It is normalised to NFC, because two spellings of «й» would be two hashes, and
 * refused where PostgreSQL, JSON or a reader could not carry it: U+0000, unpaired surrogates, control
 * characters other than tab and line break. Mark-up is kept as typed and never rendered (R-7V.6).
 */
const typed = (max: number) =>
  z
    .string()
    .normalize('NFC')
    .trim()
    .max(max)
    .refine((text) => text.isWellFormed(), {
      error: 'непарный суррогат',
      params: { code: 'malformed-text' },
    })
    .refine((text) => !UNPRINTABLE.test(text), {
      error: 'управляющий символ',
      params: { code: 'malformed-text' },
    })

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/u

/** A line or a paragraph that must say something: at least three letters (R-7V.6). */
export const meaningfulText = (max: number) =>
  typed(max).refine((text) => (text.match(/\p{L}/gu)?.length ?? 0) >= 3, {
    error: 'не меньше трёх букв',
    params: { code: 'blank-text' },
  })

/** A short name of a thing: a subject, a class, a room, a period. */
export const label = (max = 80) => typed(max).min(1)

/** The address of a page, kept as typed: letters outside ASCII are not escaped. */
export const webAddress = (max: number) => typed(max).pipe(z.url({ protocol: /^https?$/ }))

/** A free remark that may be short, but not empty. */
export const note = (max = 500) => typed(max).min(1)
