import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { recordMarks } from '#commands/journal-page/record-marks.ts'
import { execute, type Execution } from '#commands/execute.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { isRefusal } from '#commands/refusal.ts'
import { INTERNAL_CONTROL, STARTING_POLICY } from '#values/policy.ts'
import { Uuid } from '#values/uuid.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LESSON, mathematician, PAGE } from '#support/class-7a.ts'

const schools = schoolsAtWork(5, ['mathematician', 'deputy'])
const here = { page: PAGE, lesson: LESSON }
const reason = 'typing-error'

async function marked(): Promise<{ school: SchoolAtWork; entry: string; version: number }> {
  const school = await schools.next().recordLesson()
  const marks = [{ pupil: ANNA, value: 3 }]
  await school.done('mathematician', recordMarks, { ...here, kind: 'test', marks })
  const [cell] = (await school.grid()).cells
  const { entry, version } = cell!.marks[0]!
  return { school, entry, version }
}

const ROUNDS = 25

const statuses = (answers: ReadonlyArray<{ status: number }>): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b)

describe('R-D9: two writes with the same expected version', () => {
  it('end in one that is accepted and one 409 with the current value, however often they race', async () => {
    const { school, entry, ...first } = await marked()
    let { version: expectedVersion } = first
    const winners = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const [one, other] = round % 2 === 0 ? ([4, 5] as const) : ([2, 3] as const)
      const correct = (login: 'mathematician' | 'deputy', value: number) =>
        school.give(login, correctMark, { page: PAGE, entry, expectedVersion, value, reason })
      const writes = [() => correct('mathematician', one), () => correct('deputy', other)]
      // Whoever is asked first must not always be the one who wins.
      const answers = await Promise.all(
        (round % 3 === 0 ? writes.toReversed() : writes).map((write) => write()),
      )

      expect(statuses(answers)).toEqual([201, 409])
      const won = answers.find(({ status }) => status === 201)!.body
      const [event] = won.events
      expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({
        reason: 'stale-version',
        facts: {
          expected: expectedVersion,
          actual: won.revision,
          value: (event!.data as { value: number }).value,
        },
      })
      expect((await school.grid()).cells[0]!.marks).toMatchObject([
        { value: (event!.data as { value: number }).value, version: won.revision },
      ])
      expectedVersion = won.revision
      winners.add(String((event!.data as { value: number }).value))
    }
    expect(winners.size).toBeGreaterThan(2)
    const corrections = (await school.log()).filter(({ type }) => type === 'MarkCorrected')
    expect(corrections).toHaveLength(ROUNDS)
  })

  it('do so in two processes of the service as well, which know nothing of each other', async () => {
    const { school, entry, ...first } = await marked()
    let { version: expectedVersion } = first
    let standing = 3
    const { execution } = school.api.installation
    const process = (): Execution => ({
      ...execution,
      streams: new FoldedStreams(execution.store, NOTHING_VOID),
    })
    const processes = [process(), process(), process()]
    for (let round = 0; round < ROUNDS; round++) {
      // Whichever wins, none of the others asks for what stands already: that would be another refusal.
      const others = [2, 3, 4, 5].filter((value) => value !== standing)
      const answers = await Promise.all(
        processes.map((through, i) => {
          const value = others[(round + i) % 3]!
          const input = correctMark.input.parse({ page: PAGE, entry, expectedVersion, value, reason })
          const id = Uuid.parse(randomUUID())
          return execute(through, correctMark, { school: school.name, actor: mathematician, id, input })
        }),
      )
      const [accepted, ...more] = answers.flatMap((answer) => (isRefusal(answer) ? [] : [answer]))
      expect(more).toEqual([])
      const { revision, events } = accepted!
      const { value } = events[0]!.data as { readonly value: number }
      for (const refused of answers.filter(isRefusal)) {
        expect(refused).toMatchObject({
          refused: 'stale-version',
          detail: { expected: expectedVersion, actual: Number(revision), value },
        })
      }
      expectedVersion = Number(revision)
      standing = value
    }
  })

  it('of a page that a client insists on (If-Match) end in one that is accepted and a 409', async () => {
    const school = await schools.next().recordLesson()
    for (const { kind } of STARTING_POLICY.kindsOfWork) {
      // A column of internal control is made by the schedule of tests alone.
      if (kind === INTERNAL_CONTROL) continue
      const { revision } = (await school.grid()).page
      const write = (pupil: string) =>
        school.give(
          'mathematician',
          recordMarks,
          { ...here, kind, marks: [{ pupil, value: 4 }] },
          { 'if-match': `"${revision}"` },
        )
      const answers = await Promise.all([write(ANNA), write(BORIS)])
      expect(statuses(answers)).toEqual([201, 409])
      const won = answers.find(({ status }) => status === 201)!.body
      expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({
        reason: 'stale-revision',
        facts: { expected: revision, actual: won.revision },
      })
    }
  })
})

describe('R-D9: a command that is sent again with the same id', () => {
  it('is recorded once, also when both are on their way at the same time', async () => {
    const { school, entry, version: expectedVersion } = await marked()
    const input = { page: PAGE, entry, expectedVersion, value: 5, reason }
    const headers = { 'idempotency-key': randomUUID() }
    const before = await school.log()
    const send = () => school.give('mathematician', correctMark, input, headers)
    const answers = await Promise.all(Array.from({ length: 8 }, send))
    answers.push(await send())

    expect(statuses(answers)).toEqual([...Array<number>(8).fill(200), 201])
    for (const { body } of answers) {
      expect(body.events).toEqual(answers[0]!.body.events)
      expect(body.position).toBe(answers[0]!.body.position)
    }
    expect(await school.log()).toHaveLength(before.length + 1)
    expect((await school.grid()).cells[0]!.marks).toMatchObject([{ value: 5 }])
  })

  it('answers as the first time after others have written, and another content is refused', async () => {
    const { school, entry, version: expectedVersion } = await marked()
    const input = { page: PAGE, entry, expectedVersion, value: 5, reason }
    const headers = { 'idempotency-key': randomUUID() }
    const first = await school.done('mathematician', correctMark, input, headers)
    await school.done('deputy', correctMark, { ...input, expectedVersion: first.revision, value: 2 })
    const before = await school.log()

    const again = await school.give('mathematician', correctMark, input, headers)
    expect(again).toMatchObject({ status: 200, body: { repeated: true, events: first.events } })
    const other = await school.give('mathematician', correctMark, { ...input, value: 4 }, headers)
    expect(other).toMatchObject({ status: 422, body: { reason: 'command-id-reused' } })
    expect(await school.log()).toEqual(before)
    expect((await school.grid()).cells[0]!.marks).toMatchObject([{ value: 2 }])
  })
})
