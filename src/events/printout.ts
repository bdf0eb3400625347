import { z } from 'zod'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/** SHA-256 in hexadecimal, as `sha256sum` says it. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'SHA-256: 64 знака 0-9 a-f')

/** A form in a version: `journal-page/1`. */
export const TemplateId = z.string().regex(/^[a-z][a-z-]{0,39}\/[1-9][0-9]{0,3}$/)

/** What a printout is of. */
export const PrintoutSubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('page'), page: Uuid }),
  z.strictObject({ kind: z.literal('unit'), unit: Uuid }),
  z.strictObject({ kind: z.literal('pupil'), pupil: Uuid }),
])

/** Papers that leave the service as documents (R-3.1, R-5.2c): one stream a printout. */
export const printoutEvents = {
  /** A file was made and given out, or is to be certified. */
  PrintoutIssued: v1(
    z.strictObject({
      printout: Uuid,
      template: TemplateId,
      of: PrintoutSubject,
      from: LocalDate.nullable(),
      until: LocalDate.nullable(),
      /** By which its content can be made again and compared. */
      snapshot: z.string().min(1).max(4_000),
      /** Of the content by ids, without names. */
      content: Sha256,
      /** Of the bytes of the file. */
      digest: Sha256,
      bytes: z.int().min(1),
      /** To whom it was given; null where it is nobody's copy. */
      recipient: Uuid.nullable(),
    }),
  ),
  /** The head certified the paper with signature and seal: it is this very file (п. 3.1). */
  PrintoutCertified: v1(z.strictObject({ printout: Uuid, digest: Sha256 })),
}
export type PrintoutEvent = EventsOf<typeof printoutEvents>
