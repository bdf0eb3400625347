import { z } from 'zod'
import { chain, type Meta } from '#events/record.ts'
import { textsToSeal } from '#events/personal-fields.ts'
import { type DomainEvent, registry } from '#events/registry.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { streamName } from '#events/stream-name.ts'
import { id, mathematician } from '#support/class-7a.ts'
import { SCHOOL } from '#support/spec.ts'
import { Instant } from '#values/time.ts'
import { examples } from './examples.ts'

/** A recorded event as it was once written, kept for ever: `<type>.v<version>.json` in this folder. */
export const Sample = z.strictObject({
  stream: z.string(),
  revision: z.int().min(0),
  canonical: z.string(),
  hash: z.string().length(44),
})
export type Sample = z.infer<typeof Sample>

export const sampleFile = (type: string, v: number): string => `${type}.v${v}.json`

/** A sealed text as it looks in a record. Sealing anew gives another one each time, and a sample stays as it is. */
const SEALED = {
  $pd: {
    v: 1,
    k: id('key/anna/notes'),
    iv: 'AAECAwQFBgcICQoL',
    ct: 'Zm9yLXdob2V2ZXItaGFzLXRoZS1rZXk',
    cm: 'vLlsUiYFrRH9o4fG7X6kOBCtyH6rQRR6rF6c8rodoyE',
  },
}

function asRecorded(event: DomainEvent): JsonObject {
  const texts = textsToSeal(event, mathematician.person).map(({ field }) => [field, SEALED])
  return { ...event.data, ...Object.fromEntries(texts) } as JsonObject
}

/** The sample of a type as today's program writes it: the 18th event of a stream. */
export function makeSample(type: keyof typeof examples): Sample {
  const event = examples[type]
  const stream = streamName(SCHOOL, 'journalPage', id('stream'))
  const meta: Omit<Meta, 'prev'> = {
    v: registry[type].v,
    school: SCHOOL,
    at: Instant.parse('2026-11-09T03:50:00.120Z'),
    by: mathematician.account,
    role: 'teacher',
    cred: 1,
    cmd: id(`command/${type}`),
    cause: null,
    corr: 'req-7f',
    basis: { 'tomsk35.roster-main': 412, 'tomsk35.schoolYear-2026': 4 },
  }
  const { records } = chain(stream, 16n, leafHash(''), [
    { id: id(`event/${type}`), type, data: asRecorded(event), meta },
  ])
  const { canonical } = records[0]!
  return { stream, revision: 17, canonical, hash: leafHash(canonical) }
}
