import type { CommentSubject } from './journal-page.ts'
import type { Addressees } from './message.ts'
import type { DomainEvent, EventType } from './event-types.ts'
import type { RecordedEvent } from './store/event-store.ts'
import { isSealed, type PlacedText, type Purpose } from '#values/personal-text.ts'
import type { Uuid } from '#values/uuid.ts'
import type { z } from 'zod'

type DataOf<Type extends EventType> = Extract<DomainEvent, { type: Type }>['data']

/** The members of an event's data that may be sealed: those whose schema is `personal(…)`. */
type PersonalMembers<Data> = Data extends unknown
  ? { [Member in keyof Data]: PlacedText extends Data[Member] ? Member : never }[keyof Data]
  : never

/** By whose key a text is sealed: that of the person of whom it speaks; null is the author of the event. */
interface Whose<Data> {
  readonly purpose: Purpose
  whose(data: Data): Uuid | null
}

type PersonalFields = {
  readonly [Type in EventType as PersonalMembers<DataOf<Type>> extends never ? never : Type]: {
    readonly [Member in PersonalMembers<DataOf<Type>> & string]: Whose<DataOf<Type>>
  }
}

/** A text about one person. */
const about = <Data>(whose: (data: Data) => Uuid | null): Whose<Data> => ({ purpose: 'notes', whose })
/** A text about nobody in particular is its author's: it is erased with what else he wrote. */
const ofAuthor: Whose<unknown> = { purpose: 'notes', whose: () => null }
/** A certificate says who somebody is, and is erased with the name of whoever signed. */
const ofSigner: Whose<unknown> = { purpose: 'identity', whose: () => null }
const ofPerson = about(({ person }: { readonly person: Uuid }) => person)
const ofContact: Whose<{ readonly representative: Uuid }> = {
  purpose: 'contacts',
  whose: ({ representative }) => representative,
}
/** To the parents of one pupil it speaks of that pupil, to those of a class of nobody in particular. */
const ofAddressed = about(({ to }: { readonly to: Addressees }) => (to.kind === 'pupil' ? to.pupil : null))
const ofPupil = about(({ pupil }: { readonly pupil: Uuid }) => pupil)
const ofPupilIfAny = about(({ pupil }: { readonly pupil: Uuid | null }) => pupil)
const ofCommented = about(({ on }: { readonly on: z.infer<typeof CommentSubject> }) =>
  on.kind === 'mark' ? on.pupil : null,
)

/**
 * Every field of an event that is recorded sealed, and under whose key. One line a field: an event whose schema has a
 * `personal(…)` member does not compile without its line here.
 */
export const PERSONAL_FIELDS: PersonalFields = {
  EntryExplained: { note: ofAuthor },
  LessonCorrected: { note: ofAuthor },
  AbsenceCodeCorrected: { note: ofPupil },
  MarkCorrected: { note: ofPupil },
  MarkWithdrawn: { note: ofPupil },
  AssessmentResultsCorrected: { note: ofAuthor },
  HomeworkCorrected: { note: ofAuthor },
  HomeworkDeclined: { note: ofAuthor },
  HomeworkReviewed: { text: ofAuthor },
  IndividualHomeworkCorrected: { note: ofPupil },
  PracticeExemptionWithdrawn: { note: ofPupil },
  RemarkMade: { text: ofPupilIfAny },
  RemarkWithdrawn: { text: ofPupilIfAny, note: ofPupilIfAny },
  MarkDisputed: { text: ofPupil },
  DisputeRefused: { text: ofPupil },
  PaperDifferenceExplained: { text: ofPupilIfAny },
  AttestationCorrected: { note: ofPupil },
  OperatorReadGranted: { text: ofAuthor },
  OperatorReadWithdrawn: { text: ofAuthor },
  BreachReported: { text: ofAuthor },
  BreachWithdrawn: { text: ofAuthor },
  SuspectOperationAnnulled: { text: ofAuthor },
  CommentMade: { text: ofCommented },
  CommentCorrected: { previous: ofCommented, text: ofCommented },
  FinalMarkCorrected: { note: ofPupil },
  FinalMarkWithdrawn: { note: ofPupil },
  PageSigned: { given: ofSigner },
  PageReopened: { note: ofAuthor },
  TestMoved: { note: ofAuthor },
  TestCancelled: { note: ofAuthor },
  SubstitutionOrdered: { reason: ofAuthor },
  LessonTransferred: { reason: ofAuthor },
  LessonCancelled: { reason: ofAuthor },
  LessonRestored: { reason: ofAuthor },
  TicketOpened: { text: ofPerson },
  TicketSupplemented: { text: ofPerson },
  TicketAnswered: { text: ofPerson },
  TicketClosed: { text: ofPerson },
  ContactGiven: { address: ofContact },
  JournalInspected: { purpose: ofAuthor },
  FindingMade: { text: ofPupilIfAny },
  FindingAnswered: { text: ofPupilIfAny },
  FindingReopened: { text: ofPupilIfAny },
  MessageSent: { subject: ofAddressed, text: ofAddressed },
  MessageWithdrawn: { note: ofAuthor },
}

const BY_TYPE: ReadonlyMap<string, ReadonlyArray<readonly [string, Whose<never>]>> = new Map(
  Object.entries(PERSONAL_FIELDS).map(([type, fields]) => [type, Object.entries(fields)]),
)

/** A text of an event that is to be sealed, or is. */
export interface PersonalValue<Value> {
  readonly field: string
  readonly path: string
  readonly value: Value
}

/** The texts of a decided event, and whose each is. */
export function textsToSeal(
  event: Pick<DomainEvent, 'type' | 'data'>,
  author: Uuid,
): Array<PersonalValue<string> & { readonly person: Uuid; readonly purpose: Purpose }> {
  const data = event.data as Readonly<Record<string, unknown>>
  return (BY_TYPE.get(event.type) ?? []).flatMap(([field, of]) => {
    const value = data[field]
    if (typeof value !== 'string') return []
    const person = of.whose(data as never) ?? author
    return [{ field, path: `/${field}`, value, purpose: of.purpose, person }]
  })
}

/** The sealed texts of a recorded event, each with its place. */
export function sealedTexts({
  type,
  stream,
  revision,
  data,
}: RecordedEvent): Array<PersonalValue<PlacedText>> {
  return (BY_TYPE.get(type) ?? []).flatMap(([field]) => {
    const value = data[field]
    if (!isSealed(value)) return []
    const path = `/${field}`
    return [{ field, path, value: { ...value, at: `${stream}#${revision}`, path } }]
  })
}

/** Data whose sealed texts say where they stand, as folds and read models take it. */
export function withPlaces(event: RecordedEvent, data: object): object {
  const texts = sealedTexts(event)
  if (texts.length === 0) return data
  return { ...data, ...Object.fromEntries(texts.map(({ field, value }) => [field, value])) }
}
