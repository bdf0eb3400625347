import { z } from 'zod'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Доступ'

const SessionReply = z.strictObject({
  session: Uuid,
  began: Instant,
  seen: Instant.describe('Последнее обновление токена'),
  expires: Instant,
  address: z.string(),
  agent: z.string().nullable(),
  current: z.boolean().describe('Сеанс этого запроса'),
})
const SessionsReply = z.strictObject({ sessions: z.array(SessionReply) })
const Ended = z.strictObject({ ended: z.int().describe('Сколько сеансов завершено') })

/** From where one is logged in: a session that the person does not know is one to end. */
export const ownSessions = defineView({
  name: 'own-sessions',
  path: 'me/sessions',
  summary: 'Мои сеансы: откуда и когда выполнен вход',
  tag,
  operation: '22c',
  input: z.strictObject({}),
  reply: SessionsReply,
  readsNoModel: true,
  answer: (asked) => sessionsOf(asked, asked.actor.account),
})

export const accountSessions = defineView({
  name: 'account-sessions',
  path: 'accounts/:account/sessions',
  summary: 'Сеансы учётной записи',
  tag,
  operation: '22b',
  input: z.strictObject({ account: Uuid }),
  reply: SessionsReply,
  readsNoModel: true,
  answer: (asked) => sessionsOf(asked, asked.input.account),
})

export const logOut = defineView({
  name: 'log-out',
  path: 'me/log-out',
  summary: 'Выйти: завершить этот сеанс',
  tag,
  operation: '22c',
  posted: true,
  input: z.strictObject({}),
  reply: Ended,
  readsNoModel: true,
  async answer({ school, actor, parts }) {
    const now = parts.execution.clock()
    const { account, session = null } = actor
    return { body: { ended: await parts.sessions.end(school, account, session, 'log-out', now) } }
  },
})

export const logOutEverywhere = defineView({
  name: 'log-out-everywhere',
  path: 'me/log-out-everywhere',
  summary: 'Выйти везде: завершить все свои сеансы',
  tag,
  operation: '22c',
  posted: true,
  input: z.strictObject({}),
  reply: Ended,
  readsNoModel: true,
  async answer({ school, actor, parts }) {
    const now = parts.execution.clock()
    return {
      body: { ended: await parts.sessions.end(school, actor.account, null, 'log-out-everywhere', now) },
    }
  },
})

export const endSession = defineView({
  name: 'end-session',
  path: 'me/sessions/:session/end',
  summary: 'Завершить один из своих сеансов',
  tag,
  operation: '22c',
  posted: true,
  input: z.strictObject({ session: Uuid }),
  reply: Ended,
  readsNoModel: true,
  async answer({ school, actor, input, parts }) {
    const now = parts.execution.clock()
    const ended = await parts.sessions.end(school, actor.account, input.session, 'revoked', now)
    if (ended === 0) throw new ProblemError('session-unknown', { session: input.session })
    return { body: { ended } }
  },
})

export const endAccountSessions = defineView({
  name: 'end-account-sessions',
  path: 'accounts/:account/sessions/end',
  summary: 'Завершить все сеансы учётной записи',
  tag,
  operation: '22b',
  posted: true,
  input: z.strictObject({ account: Uuid }),
  reply: Ended,
  readsNoModel: true,
  async answer({ school, input, parts }) {
    const now = parts.execution.clock()
    return { body: { ended: await parts.sessions.end(school, input.account, null, 'administrator', now) } }
  },
})

async function sessionsOf({ school, actor, parts }: Asked<unknown>, account: Uuid) {
  const sessions = await parts.sessions.of(school, account, parts.execution.clock())
  return { body: { sessions: sessions.map((one) => ({ ...one, current: one.session === actor.session })) } }
}
