import { shownInstant } from './dates.ts'
import type { Stamp } from './document.ts'

/** Signs of the hash by which somebody compares by eye: `3F2A-91C0-77DE-0B54`. */
export function shortCode(hash: string): string {
  return hash.slice(0, 16).toUpperCase().match(/.{4}/g)!.join('-')
}

/** What stands at the foot of every page. */
export function foot({ school, generatedAt, zone, snapshot }: Stamp): string {
  return `${school} · ${shownInstant(generatedAt, zone)} · код ${shortCode(snapshot.hash)} · снимок ${snapshot.id}`
}

/** What the last page says of the printout. */
export function stampLines(stamp: Stamp): Array<readonly [label: string, value: string]> {
  const { generatedAt, zone, by, issuedTo, printout, snapshot, checkpoint } = stamp
  // What the service prints by itself is the same whenever it is made: it says of when the last record of it is.
  const label = by === null ? 'Последняя запись' : 'Сформировано'
  const lines: Array<readonly [string, string]> = [[label, shownInstant(generatedAt, zone)]]
  if (by !== null) lines.push(['Распечатал(а)', by])
  if (issuedTo !== null) lines.push(['Выдано', issuedTo])
  if (printout !== null) lines.push(['Номер распечатки', printout])
  lines.push(
    ['Снимок', snapshot.id],
    ['SHA-256 содержания', snapshot.hash],
    ['Код для сверки', shortCode(snapshot.hash)],
  )
  if (checkpoint !== null) lines.push(['Контрольная точка запечатанного журнала', 'ниже и в коде QR'])
  return lines
}
