import type { DomainEvent } from '#events/registry.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** What seals the texts that people typed about somebody, and opens them: the keys are not for rules to know. */
export interface PersonalTexts {
  /**
   * Gets the keys for what was decided.
   *
   * @param author whose texts are those that speak of nobody in particular
   * @returns what seals the data of one of the events at its place, `<stream>#<revision>`; or the person whose key is gone
   */
  sealing(
    school: SchoolSlug,
    author: Uuid,
    events: readonly DomainEvent[],
    at: Instant,
  ): Promise<{ readonly erased: Uuid } | ((event: DomainEvent, place: string) => JsonObject)>
  /** What texts say, by their commitments (`cm`); null is one whose key was destroyed. */
  read(school: SchoolSlug, texts: readonly PersonalText[]): Promise<ReadonlyMap<string, string | null>>
  /** A digest by the key of the installation, in base64. */
  digest(content: string): string
}
