import type { Report } from '../cli/call.ts'
import { openPostgres } from '../database.ts'
import { Obstacle } from '../explain.ts'
import { migrate } from '../migrations.ts'
import { paged, peopleLines, replacePeople } from '../people.ts'
import { openPlace, type Place } from '../place.ts'
import { stagedProgress } from '../progress.ts'
import { type Adopted, adoptLog } from './adopt-log.ts'
import { copyLog, type Stage } from './copy-log.ts'
import { moveKeys } from './move-keys.ts'

export interface Move {
  readonly from: string
  readonly to: string
  /** Names and log-ins come along. */
  readonly people: boolean
  /** Where they are and go when the engine of the log keeps nothing but events. */
  readonly peopleFrom?: string
  readonly peopleTo?: string
  /** The database of the installation, which goes on with the copy as its log. */
  readonly adoptIn?: string
}

const STAGES: Readonly<Record<Stage, string>> = {
  look: 'Что уже перенесено, %',
  copy: 'Перенос, %',
  verify: 'Сверка, %',
}

/** Carries a log, and what stands beside it, from one place to another. */
export async function moveLog(move: Move): Promise<Report> {
  const source = await openPlace(move.from, { mustExist: true })
  try {
    const target = await openPlace(move.to, { mustExist: false })
    try {
      const bar = stagedProgress(STAGES)
      const copied = await copyLog(source.store, target.store, (stage, done) => bar.to(stage, done, 100))
      bar.end()
      const people = move.people ? await movePeople(move, source, target) : null
      const { events, streams, recorded, headsDigest, behind } = copied
      const adopted = move.adoptIn === undefined || behind ? null : await adopt(move.adoptIn, source, target)
      return {
        lines: [
          `${source.title} → ${target.title}: событий ${events}, потоков ${streams}; перенесено сейчас ${recorded}.`,
          `Концы всех потоков совпали: ${headsDigest}`,
          people === null
            ? NO_PEOPLE
            : `Имён ${people.names}, ключей людей ${people.keys}, учётных данных ${people.credentials}.`,
          ...(behind ? [BEHIND] : []),
          ...(adopted === null ? [] : adoptedLines(adopted)),
        ],
        json: { ...copied, people, adopted },
      }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function adopt(url: string, source: Place, target: Place): Promise<Adopted> {
  const [from, to] = [await source.store.head(), await target.store.head()]
  if (from === null || to === null) throw new Obstacle('Журнал пуст: переносить нечего.')
  const database = openPostgres(url)
  try {
    await migrate(database.kysely)
    return await adoptLog(database.kysely, target.database === null ? 'eventstore' : 'database', { from, to })
  } finally {
    await database.close()
  }
}

function adoptedLines({ kept, anew }: Adopted): string[] {
  return [
    'Установка переведена на новый журнал: запускайте службу с новыми настройками.',
    `Представления продолжат с того же места: ${kept.join(', ') || '—'}.`,
    ...(anew.length === 0 ? [] : [`Будут построены заново: ${anew.join(', ')}.`]),
  ]
}

const NO_PEOPLE =
  'Имена и учётные данные не перенесены: они лежат в базе данных (DATABASE_URL), а не в журнале событий. ' +
  'Если база тоже меняется, укажите --people-from и --people-to.'
const BEHIND =
  'Пока шёл перенос, в исходный журнал писали: остановите службу и запустите ту же команду ещё раз, она перенесёт остаток.'

/** After the events: a name is kept before the event that speaks of its person, so none of them is without one. */
async function movePeople(move: Move, source: Place, target: Place) {
  const opened: Place[] = []
  const placeOf = async (text: string | undefined, place: Place): Promise<Place> => {
    if (text === undefined) return place
    const other = await openPlace(text, { mustExist: true })
    opened.push(other)
    return other
  }
  try {
    const from = (await placeOf(move.peopleFrom, source)).database?.kysely
    const to = (await placeOf(move.peopleTo, target)).database?.kysely
    if (from === undefined || to === undefined) return null
    // Keys first: at no moment is a name there that nothing opens.
    const keys = await moveKeys(from, to)
    return { ...(await replacePeople(to, (kind) => paged(peopleLines(from, kind, null)))), keys }
  } finally {
    for (const place of opened) await place.close()
  }
}
