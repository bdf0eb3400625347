import { accessEvents } from '#events/access.ts'
import { diaryEvents } from '#events/diary.ts'
import { incidentEvents } from '#events/incident.ts'
import { contactsEvents } from '#events/contacts.ts'
import { controlEvents } from '#events/control.ts'
import { messageEvents } from '#events/message.ts'
import { supportEvents } from '#events/support.ts'
import { printoutEvents } from '#events/printout.ts'
import { privacyEvents } from '#events/privacy.ts'
import { schoolEvents } from '#events/school.ts'
import { serviceTokenEvents } from '#events/service-token.ts'
import { describe, expect, it } from 'vitest'
import { registry } from '#events/registry.ts'
import type { PositionedEvent } from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'
import { synthesize } from '#main/synthetic/synthesize.ts'
import { ANNOUNCED } from '#relay/announced-events.ts'
import { passing } from '#relay/announcement.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { SchoolSlug } from '#values/school.ts'
import { Instant, type LocalDate, TimeZone } from '#values/time.ts'
import { ANNA, BORIS, GLEB, LESSON } from '#support/class-7a.ts'
import { Chronicle, type History, positionAt } from '#support/chronicle.ts'
import { CREDENTIALS, NAMES, WHOLE_LIFE } from '#support/whole-life.ts'
import type { examples } from '../samples/examples.ts'
import { makeSample } from '../samples/sample.ts'

type Type = keyof typeof examples
const TYPES = Object.keys(registry) as Type[]

/** The example of a type, as it stands in a log. */
function recorded(type: Type): PositionedEvent {
  const { stream, revision, canonical } = makeSample(type)
  const { id, data, meta } = JSON.parse(canonical) as Pick<PositionedEvent, 'id' | 'data' | 'meta'>
  const place = { stream: stream as StreamName, revision: BigInt(revision), position: positionAt(41) }
  return { id, type, data, meta, canonical, ...place }
}

const told = (type: Type) => passing(recorded(type)).announcement

/** Two weeks of a school, command by command, and every text that people typed into it. */
function synthetic(): { history: History; typed: Set<string> } {
  const school = synthesize({
    seed: 'letopis',
    preset: 'S',
    year: 2025,
    until: '2025-09-14' as LocalDate,
    password: 'correct horse',
  })
  const chronicle = new Chronicle(SchoolSlug.parse('village'), [], Instant.parse('2025-08-01T00:00:00.000Z'))
  const typed = new Set<string>()
  for (const { at, command, input, actor } of school.commands()) {
    chronicle.now = at
    chronicle.ask(command, input, actor)
    for (const [place, text] of textsOf(input)) if (!isWord(place, text)) typed.add(text)
  }
  return { history: chronicle.written, typed }
}

/** Every text below a value, with the name of the member in which it stands. */
function* textsOf(value: unknown, place = ''): Generator<[place: string, text: string]> {
  if (typeof value === 'string') yield [place, value]
  else if (Array.isArray(value)) for (const item of value) yield* textsOf(item, place)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) yield* textsOf(item, name)
  }
}

const FORMS = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{3}Z)?$/,
  /^\d\d:\d\d$/,
  // A stream of a page, by its id.
  /^[a-z][a-z0-9]{1,30}\.[a-zA-Z]+-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  // SHA-256.
  /^[0-9a-f]{64}$/,
]
/** Members whose texts are words of a list of ours, or of a dictionary of the school that has no names in it. */
const WORDS = new Set([
  'what',
  'stage',
  'kind',
  'kinds',
  'form',
  'decision',
  'section',
  'type',
  'reason',
  'result',
  'field',
  'grading',
  'component',
  'profiles',
  'structure',
  'period',
  'shift',
])
const CODES = new Set(STARTING_POLICY.valueCodes.map(({ code }) => code))

/** Whether a text is an id, a date or a word of a list: something that cannot hold the name of anybody. */
function isWord(place: string, text: string): boolean {
  return (
    FORMS.some((form) => form.test(text)) ||
    (WORDS.has(place) && /^[a-z][a-z0-9-]*$/.test(text)) ||
    (['value', 'previous', 'code'].includes(place) && CODES.has(text)) ||
    (place === 'zone' && TimeZone.safeParse(text).success)
  )
}

describe('an announcement', () => {
  it('is a CloudEvent 1.0 in structured JSON, with the place of the event as extensions', () => {
    const event = recorded('MarkRecorded')
    const { message } = told('MarkRecorded')!
    // The names of criteria are typed by somebody.
    const { criteria: _, ...data } = event.data as { criteria: unknown }
    expect(message).toEqual({
      specversion: '1.0',
      id: event.id,
      source: '/v1/schools/tomsk35/events/stream',
      type: 'journal.MarkRecorded.v1',
      subject: event.stream,
      time: '2026-11-09T03:50:00.120Z',
      datacontenttype: 'application/json',
      data,
      school: 'tomsk35',
      role: 'teacher',
      revision: 17,
      position: '42-42',
    })
    // Attribute names, CloudEvents 1.0 section 3.1.
    for (const name of Object.keys(message)) expect(name).toMatch(/^[a-z0-9]{1,20}$/)
    expect(JSON.parse(JSON.stringify(message))).toEqual(message)
  })

  it('is made of every type that is not kept from everybody: accounts, roles, tokens of external systems, the school itself, breaches, exemptions, papers, comparisons with paper, tickets of support, messages, contacts, acknowledgements, consents, checks of journals and keys are', () => {
    expect(Object.keys(ANNOUNCED).toSorted()).toEqual(TYPES.toSorted())
    // When the school could not work with its journal is for everybody in it to know.
    const { OutageRegistered: _registered, OutageWithdrawn: _withdrawn, ...ofTheOperator } = schoolEvents
    const silent = TYPES.filter((type) => told(type) === null)
    // Of a breach is told what a listener has to fold anew, and nothing of whose account it was. Who takes no part in
    // practice, and whose keys are destroyed, is nobody's matter; a paper is between the school and its holder.
    const { OperationsVoided: _voided, SuspectOperationAnnulled: _annulled, ...ofBreaches } = incidentEvents
    // When support answers is for everybody, and what it is asked is not.
    const { SupportHoursSet: _hours, ...tickets } = supportEvents
    expect(silent.toSorted()).toEqual(
      [
        ...Object.keys({ ...accessEvents, ...ofTheOperator, ...serviceTokenEvents }),
        ...Object.keys({ ...ofBreaches, ...printoutEvents, ...privacyEvents, ...tickets }),
        // What the school writes to a family, where it reaches it, and what was looked at, is between the two.
        ...Object.keys({ ...contactsEvents, ...diaryEvents, ...messageEvents }),
        // And what the administration finds in a journal, between it and the teacher.
        ...Object.keys(controlEvents),
        'ConsentGiven',
        'ConsentRefused',
        'ConsentWithdrawn',
        // What waited for the head and does no longer is his alone.
        'MovementApproved',
        'TeachingLoadApproved',
        'PracticeExempted',
        'PracticeExemptionWithdrawn',
        'PaperDifferenceFound',
        'PaperDifferenceFixed',
        'PaperDifferenceExplained',
        'HomeworkReviewed',
      ].toSorted(),
    )
    expect(passing(recorded('AccountOpened'))).toMatchObject({ category: 'journalPage', announcement: null })
  })

  it.each(TYPES)('of %s holds only what the event holds, and no text that somebody typed', (type) => {
    const announcement = told(type)
    if (announcement === null) return
    const { data } = announcement.message
    expect(Object.keys(data).length).toBeGreaterThan(0)
    for (const [place, text] of textsOf(data)) expect(isWord(place, text), `${place}: ${text}`).toBe(true)
    expect(JSON.stringify(data)).not.toContain('undefined')
  })

  it('names no code of absence: one of them says that a child was ill (152-ФЗ, ст. 10)', () => {
    const { message } = told('AttendanceTaken')!
    expect(message.data['absentees']).toEqual([{ pupil: ANNA }, { pupil: BORIS }])
    expect(Object.keys(told('AbsenceCodeCorrected')!.message.data)).toEqual(['lesson', 'pupil', 'reason'])
  })

  it('of attendance is cut to the children of whoever listens', () => {
    const announcement = told('AttendanceTaken')!
    const cut = (...pupils: ReadonlyArray<typeof ANNA>) =>
      announcement.cutTo(new Set(pupils)).data['absentees']
    expect(cut(BORIS)).toEqual([{ pupil: BORIS }])
    expect(cut(GLEB)).toEqual([])
    expect(announcement.cutTo(new Set([ANNA])).data['lesson']).toBe(LESSON)
  })

  it('is not made of an event that only a newer release can read', () => {
    const event = recorded('MarkRecorded')
    expect(() => passing({ ...event, meta: { ...event.meta, v: 3 } })).toThrow('reads up to v2')
  })

  it('is not made of what another writer keeps in a shared engine', () => {
    const event = { ...recorded('MarkRecorded'), type: 'SomethingElse', stream: 'other-1' as StreamName }
    expect(passing(event)).toMatchObject({ announcement: null, school: null, category: null })
  })
})

describe('two weeks of a school as they leave the service (R-D8, п. 1.7: no personal data in messages)', () => {
  it('hold no name, log-in, topic, homework, comment or note of anybody, and no word that is not of a list', () => {
    const { history, typed } = synthetic()
    expect(history.length).toBeGreaterThan(2_000)
    expect(typed.size).toBeGreaterThan(500)
    for (const { input } of WHOLE_LIFE) {
      for (const [place, text] of textsOf(input)) if (!isWord(place, text)) typed.add(text)
    }
    for (const name of [
      ...Object.values(NAMES).flatMap((of) => Object.values(of)),
      ...Object.values(CREDENTIALS),
    ]) {
      expect(typed).toContain(name)
    }
    const types = new Set<string>()
    let all = ''
    for (const event of history) {
      const { announcement } = passing(event)
      if (announcement === null) continue
      types.add(announcement.type)
      for (const [place, text] of textsOf(announcement.message.data)) {
        if (!isWord(place, text)) expect.fail(`${announcement.type} tells ${place}: ${text}`)
      }
      // The role of the author and the type are words of ours, and log-ins may be called so.
      for (const [, text] of textsOf({ ...announcement.message, role: '', type: '' })) all += `${text}\n`
    }
    expect(types.size).toBeGreaterThan(25)
    // A mark may be «Зач», and a class is named by two letters: what is shorter than four could be part of anything.
    for (const text of typed) if (text.length >= 4 && all.includes(text)) expect.fail(`told: ${text}`)
  })
})
