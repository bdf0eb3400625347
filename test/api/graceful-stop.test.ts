import { describe, expect, it } from 'vitest'
import { PROBLEMS } from '#api/problems.ts'
import { streamName } from '#events/stream-name.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { commandId, openApi } from '#support/api.ts'
import { ANNA, BORIS, GLEB, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

const engine = testEngine('pglite')

interface Outcome {
  readonly command: string
  /** Null where the connection was refused or cut. */
  readonly status: number | null
  readonly body: { readonly reason?: string; readonly events?: ReadonlyArray<{ readonly id: string }> }
}

describe('a service that is stopped in the middle of its work', () => {
  it('has answered what it recorded: every success is in the log, and nothing else is', async () => {
    const api = await openApi(engine, { people: ['mathematician'] })
    const { app, installation } = api
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const teacher = await api.as('mathematician')
    const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
    expect((await teacher.post(`pages/${PAGE}/record-lesson`, lesson)).status).toBe(201)

    const received = new Set<string>()
    app.server.on('request', ({ headers }) => received.add(String(headers['idempotency-key'])))
    const { promise: midway, resolve: reachedMidway } = Promise.withResolvers<void>()
    let answered = 0
    const write = async (body: object, command: string): Promise<Outcome> => {
      const url = `${address}/v1/schools/${SCHOOL}/pages/${PAGE}/record-marks`
      const headers = {
        authorization: `Bearer ${teacher.token}`,
        'content-type': 'application/json',
        'idempotency-key': command,
      }
      try {
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
        if (++answered === 5) reachedMidway()
        return { command, status: response.status, body: (await response.json()) as Outcome['body'] }
      } catch {
        return { command, status: null, body: {} }
      }
    }
    const columns = STARTING_POLICY.kindsOfWork.flatMap(({ kind }) =>
      [ANNA, BORIS, GLEB].map((pupil) => ({ lesson: LESSON, kind, marks: [{ pupil, value: 5 }] })),
    )
    const burst = [...columns, ...columns].slice(0, 50).map((body, i) => write(body, commandId(`burst ${i}`)))
    await midway
    const closed = app.close()
    const late = Array.from({ length: 10 }, (_, i) => write(columns[i]!, commandId(`late ${i}`)))
    const outcomes = await Promise.all([...burst, ...late])
    await closed

    const log = await api.events(streamName(SCHOOL, 'journalPage', PAGE))
    await installation.close()
    const recorded = new Map<string, string[]>()
    for (const { id, meta } of log) {
      const command = meta['cmd'] as string
      recorded.set(command, [...(recorded.get(command) ?? []), id])
    }
    const successes = outcomes.filter(({ status }) => status === 201)
    expect(successes.length).toBeGreaterThanOrEqual(5)
    for (const { command, body } of successes) {
      expect(body.events!.map(({ id }) => id)).toEqual(recorded.get(command))
    }
    for (const { command, status, body } of outcomes.filter(({ status }) => status !== 201)) {
      // Refused, or cut off before it was read: in neither case has anything been recorded.
      if (status !== null) expect(Object.keys(PROBLEMS)).toContain(body.reason)
      expect(recorded.has(command), `${status} ${JSON.stringify(body)}`).toBe(false)
    }
    // Whatever had reached the service was answered, also after the stop began.
    const answeredTo = outcomes.filter(({ status }) => status !== null).map(({ command }) => command)
    expect(new Set(answeredTo)).toEqual(received)
    expect(answered).toBeGreaterThan(5)
  })
})
