import type { Purpose } from '#values/personal-text.ts'
import type { Instant, LocalDate, TimeZone } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { shownDate, shownInstant } from './dates.ts'
import { nameOf, type Names, type PrintDocument } from './document.ts'

/** Something that was done for an erasure, as the record has it. */
interface Step {
  readonly event: Uuid
  readonly at: Instant
  /** Null is nobody: the service itself. */
  readonly person: Uuid | null
}

/** What was erased of one person, on whose word, and what of it stands in the record (R-D8). */
export interface ErasureActContent {
  readonly person: Uuid
  readonly is: 'pupil' | 'staff' | 'representative'
  readonly zone: TimeZone
  readonly on: LocalDate
  readonly purposes: readonly Purpose[]
  readonly order: { readonly number: string; readonly date: LocalDate }
  readonly keys: number
  readonly requested: Step
  readonly confirmed: Step | null
  readonly destroyed: Step
}

const IS: Readonly<Record<ErasureActContent['is'], string>> = {
  pupil: 'обучающийся',
  staff: 'работник',
  representative: 'представитель обучающегося',
}

const CATEGORIES: Readonly<Record<Purpose, string>> = {
  identity: 'фамилия, имя, отчество, прежние имена; имя для входа и пароль',
  contacts: 'адрес электронной почты, номер телефона',
  notes:
    'тексты о человеке: комментарии, замечания, примечания к исправлениям, обращения об отметках, сообщения',
}

const SYSTEM = 'электронный журнал и дневник «Летопись»'

/**
 * The act of an erasure and the extract of the register of events, as Roskomnadzor's order 179 of 28 October 2022 asks for
 * them where data were processed by a program: points 3 and 5 of its requirements.
 */
export function layoutErasureAct(content: ErasureActContent, names: Names): PrintDocument {
  const { person, is, zone, on, purposes, order, keys, requested, confirmed, destroyed } = content
  const known = names.get(person)
  const subject = `${IS[is]}, код ${person}${known === undefined || known === person ? '' : `, ${known}`}`
  const categories = purposes.map((purpose) => CATEGORIES[purpose]).join('; ')
  const columns = [
    { head: 'Сведения', width: 150 },
    { head: 'Содержание', width: 'rest' },
  ] as const
  // What act and extract both have to say.
  const what = [
    ['Субъект персональных данных', subject],
    ['Категории уничтоженных данных', categories],
    ['Информационная система', SYSTEM],
  ]
  const why = [
    ['Причина уничтожения', `срок хранения истёк; приказ № ${order.number} от ${shownDate(order.date)}`],
    ['Дата уничтожения', shownInstant(destroyed.at, zone)],
  ]
  const by = (step: Step): string => (step.person === null ? 'служба' : nameOf(names, step.person))
  const steps = [
    ['Стирание запрошено', requested],
    ...(confirmed === null ? [] : [['Стирание подтверждено, ключи в карантине', confirmed] as const]),
    ['Ключи уничтожены, данные стёрты', destroyed],
  ] as const
  return {
    title: 'Акт об уничтожении персональных данных',
    paper: 'A4',
    orientation: 'portrait',
    head: [['Дата уничтожения', shownDate(on)]],
    blocks: [
      {
        kind: 'table',
        columns,
        rows: [
          ...what,
          ['Материальный носитель', 'нет: данные обрабатывались средствами автоматизации'],
          [
            'Способ уничтожения',
            `уничтожены ключи шифрования (${keys}), без которых зашифрованные сведения не прочесть; остальное удалено из базы данных; из резервных копий уходит с окончанием их срока`,
          ],
          ...why,
          [
            'Кто уничтожил',
            `запросил(а) ${by(requested)}${confirmed === null ? '' : `, подтвердил(а) ${by(confirmed)}`}; исполнила служба`,
          ],
        ],
      },
      { kind: 'signatures', of: ['Запросивший', 'Руководитель'], seal: true },
      { kind: 'heading', text: 'Выгрузка из журнала регистрации событий', newSheet: true },
      { kind: 'table', columns, rows: [...what, ...why] },
      {
        kind: 'table',
        columns: [
          { head: 'Событие', width: 130 },
          { head: 'Записано', width: 110 },
          { head: 'Кто', width: 'rest' },
          { head: 'Номер записи', width: 150 },
        ],
        rows: steps.map(([what, step]) => [what, shownInstant(step.at, zone), by(step), step.event]),
      },
      {
        kind: 'text',
        text: 'По номеру записи служба отвечает доказательством, что запись стоит в подписанном журнале событий: GET /log/proof/<номер>.',
      },
    ],
  }
}
