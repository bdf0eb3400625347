import { z } from 'zod'
import { schoolEvents } from '#events/school.ts'
import { recordChecks } from '#projections/record-checks/queries.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { defineView } from './view.ts'

const { fault, wholeLog, differences, notCompared } = schoolEvents.RecordChecked.data.shape

/** How the nightly checks of the record and of the read models ended (R-F10). */
export const recordCheckList = defineView({
  name: 'record-check-list',
  path: 'record-checks',
  summary: 'Ежедневные сверки: записи школы и представления, построенные из них',
  tag: 'Представления',
  operation: '43a',
  input: z.strictObject({
    until: LocalDate.optional().describe('По умолчанию — сегодня; показываются 62 сверки до этого дня'),
  }),
  reply: z.strictObject({
    checks: z.array(
      z.strictObject({
        date: LocalDate,
        at: Instant,
        records: z.int().describe('Сколько записей школы прочитано: цепочки, номера, печать'),
        streams: z.int().describe('Сколько потоков свёрнуто заново и сверено'),
        part: z.boolean().describe('Сверена часть потоков, назначенная на эту дату: школа велика'),
        rows: z.int().describe('Сколько строк представлений следует из этих потоков'),
        not_compared: notCompared.describe('Представления, которые сверить было нельзя: стоят или строятся'),
        fault: fault.describe('Первая запись, которая не такова, какой была сделана'),
        whole_log: wholeLog.describe('Журнал всей установки против его печати'),
        differing: z.int().describe('Сколько строк не следует из записей'),
        differences: differences.describe('Некоторые из них: представление, таблица, поток и ключ строки'),
      }),
    ),
  }),
  async answer({ school, parts, input, today }) {
    return { body: { checks: await recordChecks(parts.database, school, input.until ?? today) } }
  },
})
