import type { PersonalText } from '#values/personal-text.ts'
import { commitmentOf, openDisclosure } from '../privacy/field.ts'

/** What a package says in the place of a text that is not disclosed in it: its key was destroyed before it was made. */
const ERASED = '[стёрто]'

/** What a sealed text of a record says. */
export type Said = (text: PersonalText) => string

/** Of a fold from which no text is shown. */
export const UNSAID: Said = () => ERASED

/** What the disclosures of a package say: each is believed by the commitment in the record, and nothing else is. */
export function saidBy(disclosures: Iterable<string>): Said {
  const known = [...disclosures]
  const byCommitment = new Map(known.map((disclosure) => [commitmentOf(disclosure), disclosure]))
  return (text) => {
    if (typeof text === 'string') return text
    const { cm } = text.$pd
    const disclosure = byCommitment.get(cm)
    return (disclosure === undefined ? null : openDisclosure(disclosure, { path: text.path, cm })) ?? ERASED
  }
}
