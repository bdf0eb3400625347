import { z } from 'zod'

/**
 * What a person typed about somebody stands in the log sealed by a key of that person: destroying the key erases the text
 * everywhere at once and changes no hash (docs/spec/personal-data.md).
 *
 *     {"$pd":{"v":1,"k":"<key id>","iv":"…","ct":"…","cm":"…"}}
 */
export type SealedText = {
  readonly $pd: {
    readonly v: 1
    /** The id of the key. */
    readonly k: string
    readonly iv: string
    readonly ct: string
    /** The commitment to what is sealed, by which a disclosure of it can be checked. */
    readonly cm: string
  }
}

/** The same as folds and read models hold it: with its place in the log, without which nobody can open it. */
export type PlacedText = SealedText & {
  /** `<stream>#<revision>` of the event. */
  readonly at: string
  /** The field of the event, a JSON Pointer within its data. */
  readonly path: string
}

/** In clear where an older version recorded it so, and in what a rule decides; sealed everywhere else. */
export type PersonalText = string | PlacedText

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)
export const SealedText = z.strictObject({
  $pd: z.strictObject({ v: z.literal(1), k: z.uuid(), iv: base64url, ct: base64url, cm: base64url }),
})

/** The groups of what is known of a person, each with a key of its own, so that one can be erased before another. */
export const PURPOSES = ['identity', 'contacts', 'notes'] as const
export const Purpose = z.enum(PURPOSES)
export type Purpose = z.infer<typeof Purpose>

/** Schemas of fields that are recorded sealed: the list of fields in events is held against them. */
const PERSONAL = new WeakSet<object>()

/**
 * A field of an event that holds what a person typed about somebody: a rule decides it in clear, the log has it sealed.
 * Whose key seals it stands in `src/events/personal-fields.ts`, and does not compile before it does.
 */
export function personal(text: z.ZodType<string>): z.ZodType<PersonalText, PersonalText> {
  const schema = z.union([text, SealedText])
  PERSONAL.add(schema)
  return schema as unknown as z.ZodType<PersonalText, PersonalText>
}

export const isPersonal = (schema: object): boolean => PERSONAL.has(schema)

/** Whether a value is a sealed text, placed or not. */
export function isSealed(value: unknown): value is SealedText {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '$pd')
}
