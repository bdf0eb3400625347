import { expect, it } from 'vitest'
import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { StreamSettingForbidden } from '#events/store/eventstore-failure.ts'
import { explain } from '#main/explain.ts'
import { keptJournal } from '#support/eventstore.ts'
import { EventStoreServer } from '#support/eventstore-server/server.ts'

const times = { deadline: 200, silence: 200, patience: 200 }

async function failureAt(url: string): Promise<unknown> {
  return EventStoreLog.open(url, { log: keptJournal().journal, times }).catch((error: unknown) => error)
}

it('tells an operator what is wrong with EventStoreDB, and never the password', async () => {
  const server = await EventStoreServer.start({ users: { letopis: 'right' } })
  expect(explain(await failureAt(server.url))).toContain('проверьте имя, пароль и права')
  await server.stop()
  expect(explain(await failureAt(server.url.replace('//', '//letopis:right@')))).toMatch(
    /^EventStoreDB не отвечает/,
  )
  expect(explain(await failureAt('esdb://letopis:right@'))).toMatch(/^EVENTSTORE_URL не читается/)
  const forbidden = explain(new StreamSettingForbidden('tomsk35.roster-main', '$maxAge'))
  expect(forbidden).toContain('tomsk35.roster-main')
  expect(forbidden).toContain('$maxAge')
})
