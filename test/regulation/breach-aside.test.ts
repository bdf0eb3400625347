import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { execute, type Execution } from '#commands/execute.ts'
import { reportBreach } from '#commands/incident/report-breach.ts'
import { isRefusal } from '#commands/refusal.ts'
import { incidentsOf } from '#commands/references.ts'
import { correctPersonName } from '#commands/roster/correct-person-name.ts'
import type { EventStore, NewEvent } from '#events/store/event-store.ts'
import type { Position } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'
import { importList } from '#exchange/import-list.ts'
import { idOf } from '#exchange/ids.ts'
import { LISTS } from '#exchange/lists/catalogue.ts'
import { accountOf, type Api, openApi, PEOPLE } from '#support/api.ts'
import { ANNA } from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'
import { Uuid } from '#values/uuid.ts'

const INCIDENTS = incidentsOf(SCHOOL)
/** How an import looks whether more was said of a breach, right before it keeps names. */
const looksWhetherMoved = (stream: StreamName, limit?: number): boolean => stream === INCIDENTS && limit === 1

const COUNT = 1_200
const pupils = [
  'Номер личного дела;Фамилия;Имя;Отчество;Зачислен с;Номер приказа;Дата приказа',
  ...Array.from({ length: COUNT }, (_, i) => `д-${i};Ручьёв;Пётр;;2026-09-01;12-у;2026-08-28`),
].join('\n')

/** Somebody with the account of the deputy is at work when the breach of it is reported. */
describe('access that is cut in the middle of what is being recorded', () => {
  eachEngine((engine) => {
    let api: Api
    /** What the school had written before. */
    let begun: Position | null
    const deputy = {
      account: accountOf('deputy'),
      person: PEOPLE.deputy[0],
      role: 'deputy',
      cred: 1,
    } as const
    const head = { account: accountOf('head'), person: PEOPLE.head[0], role: 'head', cred: 1 } as const

    beforeEach(async () => {
      api = await openApi(engine, { people: ['deputy', 'head'] })
      begun = await api.installation.execution.store.head()
    })
    afterEach(() => api.close())

    const execution = (): Execution => api.installation.execution
    async function report(): Promise<void> {
      const { account } = deputy
      const learnedAt = api.now()
      const input = reportBreach.input.parse({ account, learnedAt })
      const asked = { school: SCHOOL, actor: head, id: Uuid.parse(randomUUID()), input }
      expect(isRefusal(await execute(execution(), reportBreach, asked))).toBe(false)
    }

    /** The same log, in which the breach is reported right before something is done. */
    function reportingBefore(is: {
      append?: (events: readonly NewEvent[]) => boolean
      look?: (stream: StreamName, limit: number | undefined) => boolean
    }): Execution {
      const { store, ...rest } = execution()
      let reported = false
      const before = async (now: boolean): Promise<void> => {
        if (!now || reported) return
        reported = true
        await report()
      }
      const through: EventStore = {
        async append(stream, expected, events, unmoved) {
          await before(is.append?.(events) ?? false)
          return store.append(stream, expected, events, unmoved)
        },
        async *readStream(stream, options) {
          await before(is.look?.(stream, options?.limit) ?? false)
          yield* store.readStream(stream, options)
        },
        readAll: (options) => store.readAll(options),
        subscribe: (options) => store.subscribe(options),
        head: () => store.head(),
        close: () => store.close(),
      }
      return { ...rest, store: through, streams: rest.streams.over(through) }
    }

    const imported = (by: Execution) => {
      const { persons, credentials } = api.installation
      const beside = {
        names: persons.names.bind(persons),
        logInsOf: credentials.loginsOf.bind(credentials),
        holdersOf: credentials.holdersOf.bind(credentials),
        keepNames: persons.keepAll.bind(persons),
        keepLogIn: () => Promise.reject(new Error('pupils bring no log-ins')),
      }
      const asked = {
        school: SCHOOL,
        actor: deputy,
        id: Uuid.parse(randomUUID()),
        dryRun: false,
        partial: false,
      }
      const list = LISTS.find(({ name }) => name === 'pupils')!
      return importList({ execution: by, beside }, asked, { list, bytes: Buffer.from(pupils) })
    }
    /** What the account has recorded, before the report and behind it. */
    async function recorded(): Promise<{ before: number; behind: number }> {
      const counts = { before: 0, behind: 0 }
      let cut = false
      for await (const { stream, meta } of execution().store.readAll({ school: SCHOOL, after: begun })) {
        if (stream === INCIDENTS) cut = true
        else if (meta['by'] === deputy.account) counts[cut ? 'behind' : 'before'] += 1
      }
      return counts
    }
    const named = async (): Promise<number> => {
      const ids = Array.from({ length: COUNT }, (_, i) => idOf(SCHOOL, 'pupil', `д-${i}`))
      return (await api.installation.persons.names(SCHOOL, ids)).size
    }

    it('R-D7: an import stops at the report; what stands before it stays, and nothing comes behind', async () => {
      let appends = 0
      const found = await imported(reportingBefore({ append: () => ++appends === 2 }))
      const { before, behind } = await recorded()
      expect(behind).toBe(0)
      expect(before).toBeGreaterThan(0)
      expect(before).toBeLessThan(COUNT)
      expect(found).toMatchObject({ recorded: true, counts: { created: before, refused: COUNT - before } })
      expect(found.errors[0]).toMatchObject({ problem: 'account-blocked' })
    })

    it('R-D7: an import that was only decided when the report came records nothing, and keeps no name', async () => {
      const found = await imported(reportingBefore({ look: looksWhetherMoved }))
      expect(await recorded()).toEqual({ before: 0, behind: 0 })
      expect(await named()).toBe(0)
      expect(found).toMatchObject({ recorded: false, counts: { refused: COUNT } })
    })

    it('R-D7, R-D8: a name that took the place of another when the report came is taken back', async () => {
      const { persons } = api.installation
      const old = { family: 'Ручьёва', given: 'Анна', patronymic: null }
      await persons.keep(SCHOOL, ANNA, old, head.account, api.now())
      const input = correctPersonName.input.parse({
        person: ANNA,
        name: { ...old, family: 'Чужакова' },
        reason: 'mistyped',
      })
      const asked = { school: SCHOOL, actor: deputy, id: Uuid.parse(randomUUID()), input }
      const through = reportingBefore({ append: ([event]) => event!.type === 'PersonNameCorrected' })
      const outcome = await execute(through, correctPersonName, asked)
      expect(outcome).toMatchObject({ refused: 'account-blocked' })
      expect(await persons.history(SCHOOL, ANNA)).toMatchObject({
        current: { family: 'Ручьёва', kept_by: head.account },
        former: [],
      })
      expect(await recorded()).toEqual({ before: 0, behind: 0 })
    })
  })
})
