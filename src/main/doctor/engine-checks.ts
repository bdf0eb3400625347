import { StoreUnavailable } from '#events/store/event-store.ts'
import { BadEventStoreAddress } from '#events/store/eventstore-address.ts'
import type { EventStoreTimes } from '#events/store/eventstore-options.ts'
import { EventStoreRefused } from '#events/store/eventstore-failure.ts'
import { probeEventStore } from '#events/store/eventstore-probe.ts'
import { probeNats } from '#relay/nats-bus.ts'
import { systemClock } from '#values/time.ts'
import type { Nats, Smtp } from '../config.ts'
import { smtpTransport } from '../delivery/smtp-carrier.ts'
import { bad, good, mind, type Verdict } from './check.ts'
import { skewVerdict } from './clock-skew.ts'

const GIB = 1_073_741_824

/** What is left of the space that JetStream may take: below this somebody should look. */
const LITTLE = 0.2

/** From which version on the copies of a stream stay alike when the server that leads them is killed. */
const ALIKE = { major: 2, minor: 11 }

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** Has EventStoreDB keep an event in a stream of the probe, and reads it back. */
export async function eventStoreVerdict(
  url: string,
  times: Partial<EventStoreTimes> = { patience: 5_000 },
): Promise<Verdict> {
  try {
    const { version, append, read, skew } = await probeEventStore(url, {
      clock: systemClock,
      log: silent,
      times,
    })
    const found = `${version}; проба записана за ${Math.round(append)} мс, прочитана за ${Math.round(read)} мс`
    const clocks = skewVerdict(skew)
    return { ...clocks, found: `${found}; часы ${clocks.found}` }
  } catch (error) {
    return eventStoreFault(error)
  }
}

function eventStoreFault(error: unknown): Verdict {
  if (error instanceof BadEventStoreAddress)
    return bad(
      'адрес не разобрать',
      'Проверьте EVENTSTORE_URL: esdb://пользователь:пароль@узел:2113?tls=true.',
    )
  if (error instanceof EventStoreRefused)
    return bad(
      `отказывает (${error.message})`,
      'Проверьте имя и пароль в EVENTSTORE_URL и право читать $all; сервер — 24.2 или новее.',
    )
  if (error instanceof StoreUnavailable)
    return bad(
      `не отвечает (${error.message})`,
      'Проверьте EVENTSTORE_URL, сертификат (tlsCAFile) и узлы: docs/runbooks/node-lost.md.',
    )
  throw error
}

/** Has JetStream keep a message in a stream that lives for the look alone, and looks at its limits. */
export async function natsVerdict(nats: Nats): Promise<Verdict> {
  const { version, storage, stream } = await probeNats(nats)
  const limit = storage.limit < 0 ? 'без предела' : `из ${(storage.limit / GIB).toFixed(1)} ГиБ`
  const kept = stream === null ? 'потока ещё нет' : `сообщений ${stream.messages}`
  const found = `${version}; проба сохранена и прочитана; занято ${(storage.used / GIB).toFixed(1)} ГиБ ${limit}; ${kept}`
  if (stream !== null && stream.differences.length > 0)
    return mind(`${found}; поток настроен иначе: ${stream.differences.join('; ')}`, SEE)
  if (nats.replicas > 1 && !keepsCopiesAlike(version))
    return mind(
      `${found}; в кластере копии потока могут разойтись при гибели ведущего сервера`,
      `Обновите серверы до ${ALIKE.major}.${ALIKE.minor} или новее: ${SEE}`,
    )
  const little = storage.limit > 0 && storage.used > storage.limit * (1 - LITTLE)
  return little ? mind(found, `Места для потока осталось мало: ${SEE}`) : good(found)
}

/** Whether a cluster of servers of this version, `2.11.8`, may be relied on. */
export function keepsCopiesAlike(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > ALIKE.major || (major === ALIKE.major && minor >= ALIKE.minor)
}

/** Greets the mail server, and logs in there; sends nothing. */
export async function mailVerdict(smtp: Smtp): Promise<Verdict> {
  const transport = smtpTransport(smtp)
  try {
    await transport.verify()
    return good('отвечает и пускает; писем не отправлено')
  } catch (error) {
    const { code, responseCode } = error as { code?: string; responseCode?: number }
    return bad(
      `не отвечает или не пускает (${String(responseCode ?? code ?? 'нет ответа')})`,
      'Проверьте LETOPIS_SMTP_URL: узел, порт, сертификат, имя и пароль: docs/runbooks/messages.md.',
    )
  } finally {
    transport.close()
  }
}

const SEE = 'docs/runbooks/nats.md.'
