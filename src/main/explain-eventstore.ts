import { StoreUnavailable } from '#events/store/event-store.ts'
import { BadEventStoreAddress } from '#events/store/eventstore-address.ts'
import {
  EventStoreRefused,
  type ForbiddenSetting,
  StreamSettingForbidden,
} from '#events/store/eventstore-failure.ts'

const SETTINGS: Readonly<Record<ForbiddenSetting, string>> = {
  $maxCount: 'ограничено число событий ($maxCount): старые сервер удаляет',
  $maxAge: 'ограничен срок хранения событий ($maxAge): старые сервер удаляет',
  $tb: 'начало отрезано или поток удалён ($tb)',
  tombstone: 'поток удалён навсегда',
}

/** What an operator can do about EventStoreDB; null for what has nothing to do with it. */
export function explainEventStore(error: unknown): string | null {
  if (error instanceof StreamSettingForbidden) {
    return (
      `В EventStoreDB у потока ${error.stream} ${SETTINGS[error.setting]}. Журнал обязан храниться целиком, ` +
      'поэтому служба не запущена. Уберите настройку; если события уже удалены, восстановите журнал из резервной копии.'
    )
  }
  if (error instanceof BadEventStoreAddress)
    return 'EVENTSTORE_URL не читается: нужен адрес вида esdb://имя:пароль@узел:2113.'
  if (error instanceof EventStoreRefused) {
    return `EventStoreDB отказывает: проверьте имя, пароль и права на чтение $all (${error.message}).`
  }
  if (error instanceof StoreUnavailable && error.message.includes('EventStoreDB')) {
    return 'EventStoreDB не отвечает: проверьте EVENTSTORE_URL, сертификат и работает ли сервер.'
  }
  return null
}
