import { createHmac } from 'node:crypto'
import { sealedTexts, textsToSeal } from '#events/personal-fields.ts'
import type { DomainEvent } from '#events/registry.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { isSealed, type PersonalText, type PlacedText } from '#values/personal-text.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { discloseField, openField, sealField } from './field.ts'
import { keyName, type PersonKeys } from './person-keys.ts'

/** The disclosure of one sealed field of an event; null where its key was destroyed. */
export interface Disclosure {
  readonly event: Uuid
  /** A JSON Pointer within the data of the event. */
  readonly path: string
  readonly disclosure: string | null
}

/** A value with its texts opened: null is one that was erased. */
export type Opened<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends PlacedText
    ? string | null
    : Value extends readonly (infer One)[]
      ? Array<Opened<One>>
      : Value extends object
        ? { readonly [Member in keyof Value]: Opened<Value[Member]> }
        : Value

/** What people typed about somebody: sealed before it is recorded, opened when somebody who may know asks. */
export class PersonalTexts {
  readonly #keys: PersonKeys

  constructor(keys: PersonKeys) {
    this.#keys = keys
  }

  /**
   * Gets the keys for the texts of what was decided.
   *
   * @returns what seals the data of one of the events at its place; or whose key is gone, so that nothing may be recorded
   */
  async sealing(
    school: SchoolSlug,
    author: Uuid,
    events: readonly DomainEvent[],
    at: Instant,
  ): Promise<{ readonly erased: Uuid } | ((event: DomainEvent, place: string) => JsonObject)> {
    const texts = events.flatMap((event) => textsToSeal(event, author))
    if (texts.length === 0) return ({ data }) => data
    const keys = await this.#keys.toSeal(
      school,
      texts.map(({ person, purpose }) => ({ person, purpose })),
      at,
    )
    const without = texts.find((text) => !keys.has(keyName(text)))
    if (without !== undefined) return { erased: without.person }
    return (event, place) => {
      const sealed = textsToSeal(event, author).map((text) => {
        const { field, path, value } = text
        return [field, sealField(keys.get(keyName(text))!, { at: place, path }, value)]
      })
      return { ...event.data, ...Object.fromEntries(sealed) } as JsonObject
    }
  }

  /** What texts say, by their commitments; null is one whose key was destroyed. */
  async read(
    school: SchoolSlug,
    texts: readonly PersonalText[],
  ): Promise<ReadonlyMap<string, string | null>> {
    const sealed = texts.filter((text) => typeof text !== 'string')
    const keys = await this.#keys.byId(
      school,
      sealed.map(({ $pd }) => $pd.k),
    )
    return new Map(
      sealed.map((text) => {
        const key = keys.get(text.$pd.k)
        return [text.$pd.cm, key === undefined ? null : openField(key, text)]
      }),
    )
  }

  /** A digest that nobody can compare with what he guesses, unless he has the key of the installation. */
  digest(content: string): string {
    return createHmac('sha256', this.#keys.encryption.digesting).update(content).digest('base64')
  }

  /**
   * An answer as people read it: each sealed text in it is opened. One whose key was destroyed is null, and `erased: true`
   * stands beside it.
   */
  async opened<Answer>(school: SchoolSlug, answer: Answer): Promise<Opened<Answer>> {
    const found: PlacedText[] = []
    collect(answer, found)
    if (found.length === 0) return answer as Opened<Answer>
    const said = await this.read(school, found)
    return replaced(answer, said) as Opened<Answer>
  }

  /**
   * The disclosures of the sealed fields of events, for a package that leaves the school without keys: whoever has the
   * record checks that SHA-256 of a disclosure is the commitment that stands in it.
   */
  async disclosures(school: SchoolSlug, events: readonly RecordedEvent[]): Promise<Disclosure[]> {
    const fields = events.flatMap((event) =>
      sealedTexts(event).map(({ path, value }) => ({ event: event.id, path, value })),
    )
    const keys = await this.#keys.byId(
      school,
      fields.map(({ value }) => value.$pd.k),
    )
    return fields.map(({ event, path, value }) => {
      const key = keys.get(value.$pd.k)
      return { event, path, disclosure: key === undefined ? null : discloseField(key, value) }
    })
  }
}

function collect(value: unknown, found: PlacedText[]): void {
  // The bytes of a file are a million members, and none of them is a text.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  // Not by its keys, which would be made into texts first.
  if (Array.isArray(value)) for (const one of value) collect(one, found)
  else if (isSealed(value)) found.push(value as PlacedText)
  else for (const key in value) collect((value as Record<string, unknown>)[key], found)
}

function replaced(value: unknown, said: ReadonlyMap<string, string | null>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => replaced(one, said))
  let erased = false
  const members = Object.entries(value).map(([name, one]) => {
    if (!isSealed(one)) return [name, replaced(one, said)]
    const text = said.get(one.$pd.cm) ?? null
    erased ||= text === null
    return [name, text]
  })
  return { ...Object.fromEntries(members), ...(erased ? { erased: true } : {}) }
}
