import fc from 'fast-check'
import { canonicalRecord } from '#events/record.ts'
import { decode } from '#events/registry.ts'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { partedAt, WindowOperations } from '#events/void-rule.ts'
import { WithoutEffect } from '#events/without-effect.ts'
import type { Uuid } from '#values/uuid.ts'
import { type History, positionAt } from './chronicle.ts'
import { id } from './class-7a.ts'
import { histories } from './random-history.ts'
import { SCHOOL } from './spec.ts'

export const INCIDENTS = streamName(SCHOOL, 'incident', 'main')

/** A log in memory. */
export function logIn(history: History): Pick<EventStore, 'readAll' | 'readStream'> {
  return {
    async *readStream(stream, { from = 0n } = {}) {
      for (const event of history) if (event.stream === stream && event.revision >= from) yield event
    },
    async *readAll({ after = null } = {}) {
      for (const event of history) if (event.position.commit > (after?.commit ?? 0n)) yield event
    },
  }
}

interface Breach {
  /** Whose operations, where in the history it is declared, and how far before T0 and the compromise lie, in parts of it. */
  readonly who: number
  readonly at: number
  readonly notice: number
  readonly suspected: number
  readonly annulled: number
}

const breach: fc.Arbitrary<Breach> = fc.record({
  who: fc.nat(50),
  at: fc.nat(100),
  notice: fc.nat(100),
  suspected: fc.nat(100),
  annulled: fc.nat(3),
})

/** Histories in which accounts were compromised, once or several times: the lists follow rule v1. */
export function breached(): fc.Arbitrary<History> {
  return fc
    .tuple(histories(), fc.array(breach, { minLength: 1, maxLength: 4 }))
    .map(([history, breaches]) => withBreaches(history, breaches))
}

export function withBreaches(history: History, breaches: readonly Breach[]): History {
  const written: PositionedEvent[] = []
  let revision = -1n
  const write = (event: Omit<PositionedEvent, 'position'>): void => {
    written.push({ ...event, position: positionAt(written.length) })
  }
  const places = breaches
    .map((one, n) => ({ ...one, n, place: Math.floor((history.length * one.at) / 100) }))
    .toSorted((a, b) => a.place - b.place)
  for (const [index, event] of history.entries()) {
    write(event)
    for (const one of places.filter(({ place }) => place === index)) {
      for (const { type, data } of declaring(written, one)) {
        revision += 1n
        const eventId = id(`incident ${one.n} ${revision}`)
        const meta = { ...event.meta, v: 1, by: id('account/head'), cmd: id(`declares ${one.n}`), basis: {} }
        const record = { id: eventId, type, data: data as never, meta }
        const canonical = canonicalRecord(INCIDENTS, revision, record)
        write({ ...record, stream: INCIDENTS, revision, canonical })
      }
    }
  }
  return written
}

function* declaring(
  written: History,
  { who, n, notice, suspected, annulled }: Breach & { readonly n: number },
): Iterable<{ readonly type: string; readonly data: object }> {
  const authors = [...new Set(written.map(({ meta }) => meta['by'] as Uuid))]
  const account = authors[who % authors.length]!
  const times = written.map(({ meta }) => meta['at'] as string).toSorted()
  const at = (part: number): string =>
    times[Math.min(times.length - 1, Math.floor((times.length * part) / 100))]!
  const [from, noticeReceivedAt] = [at(Math.min(notice, suspected)), at(notice)]
  const incident = id(`incident ${n}`)
  const operations = new WindowOperations({ incident, account, credEpoch: 1, from })
  for (const event of written) operations.take(event)
  const { since, before } = partedAt(operations.found, noticeReceivedAt)
  const basis = { noticeReceivedAt, receivedBy: 'head', basis: 'max' }
  yield {
    type: 'CompromiseDeclared',
    data: { incident, account, credEpoch: 1, compromisedFrom: from, ...basis },
  }
  for (const [type, list] of [
    ['OperationsVoided', since],
    ['OperationsSuspected', before],
  ] as const) {
    const streams = [...Map.groupBy(list, ({ stream }) => stream)].map(([stream, of]) => ({
      stream,
      head: of[0]!.head,
      operations: of.map(({ id, rev, cause }) => ({ id, rev, cause })),
    }))
    yield { type, data: { incident, rule: 'v1', part: 1, parts: 1, count: list.length, streams } }
  }
  for (const { id: operation, stream, rev } of before.slice(0, annulled)) {
    yield { type: 'SuspectOperationAnnulled', data: { incident, operation, stream, rev } }
  }
}

/** The history as if the operations without effect had never been, at its end. */
export function withoutVoid(history: History): History {
  const set = new WithoutEffect()
  for (const event of history) if (event.stream === INCIDENTS) set.take(decode(event)!)
  return history.filter(({ id }) => !set.has(id))
}

export const streamsIn = (history: History): StreamName[] => [...new Set(history.map(({ stream }) => stream))]
