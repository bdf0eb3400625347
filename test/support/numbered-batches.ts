import type { NewEvent } from '#events/store/event-store.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { SchoolSlug } from '#values/school.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { recordAt } from './random-records.ts'

const NAMESPACE = Uuid.parse('7b1d3f52-60c1-4a53-9a0e-2f1a3c4d5e6f')
const SCHOOL = SchoolSlug.parse('tomsk35')

/** Events of one batch. */
export const BATCH = 7

/** The stream of a writer whose every record is known beforehand, so that another process can tell what is missing. */
export const numberedStream = (writer: number): StreamName =>
  streamName(SCHOOL, 'journalPage', uuidV5(NAMESPACE, `stream ${writer}`))

/** The `n`-th batch of a writer, the same in every process. */
export function numberedBatch(writer: number, n: number): NewEvent[] {
  const stream = numberedStream(writer)
  return Array.from({ length: BATCH }, (_, i) => {
    const id = uuidV5(NAMESPACE, `${writer}/${n}/${i}`)
    return recordAt(stream, BigInt(n * BATCH + i), id, {
      writer,
      n,
      i,
      text: 'Степень с натуральным показателем',
    })
  })
}

export const expectedBefore = (n: number): bigint | 'no-stream' =>
  n === 0 ? 'no-stream' : BigInt(n * BATCH) - 1n
