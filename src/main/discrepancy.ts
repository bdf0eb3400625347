import type { BadRecord, Fault } from '#integrity/log-check.ts'
import { Obstacle } from './explain.ts'

/** What was compared or checked is not as it must be. The message says what and where, in Russian; exit code 3. */
export class Discrepancy extends Obstacle {}

const FAULTS: Readonly<Record<Fault, string>> = {
  malformed: 'это не запись журнала событий',
  'newer-form': 'форма записи новее, чем знает эта версия Летописи',
  'not-canonical': 'текст записи изменён: он не в канонической форме',
  'wrong-school': 'школа записи не совпадает со школой потока',
  'out-of-turn': 'запись не следующая в своём потоке: чего-то недостаёт или что-то повторено',
  'chain-broken': 'цепочка прервана: хеш предыдущей записи потока другой',
  'id-repeated': 'номер события уже встречался',
}

/** The first bad record of a log: which, where, what is wrong with it. */
export function badRecord({ fault, where, stream, rev }: BadRecord): Discrepancy {
  const which = stream === null ? '' : `, поток ${stream}, ревизия ${rev}`
  return new Discrepancy(`${where}${which}: ${FAULTS[fault]}.`)
}
