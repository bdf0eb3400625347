import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VIEWS } from '#api/views/catalogue.ts'
import { PERSONAL_FIELDS } from '#events/personal-fields.ts'
import { RIGHTS as TABLES_OF_THE_OWNER } from '#main/grants.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { EXCHANGE_SETS } from '#values/exchange-set.ts'
import { PURPOSES } from '#values/personal-text.ts'
import { ABOUT_PUPILS, processingRecord, TABLES } from '../../scripts/processing-record.ts'
import { ROOT } from '../../scripts/rule-sources.ts'

/** R-1.7 (record of processing): purposes, fields, recipients and terms, as the code has them. */
describe('R-1.7: the record of processing', () => {
  const written = readFileSync(join(ROOT, 'docs/spec/processing-record.md'), 'utf8')
  const section = (title: string) => written.split(`## ${title}`)[1]!.split('\n## ')[0]!

  it('stands as the code of this release makes it', () => {
    expect(written).toBe(processingRecord())
  })

  it('has every purpose, and every field that is sealed, with its key', () => {
    for (const purpose of PURPOSES) expect(section('Цели и сроки')).toContain(`| \`${purpose}\` |`)
    const fields = section('Слова о людях в записях')
    for (const [type, of] of Object.entries(PERSONAL_FIELDS)) {
      const line = fields.split('\n').find((one) => one.startsWith(`| \`${type}\` |`))
      for (const [field, { purpose }] of Object.entries(of)) {
        expect(line, type).toContain(`\`${field}\``)
        expect(line, type).toContain(`\`${purpose}\``)
      }
    }
  })

  it('has every table, and says of each what it holds of people', () => {
    expect(Object.keys(TABLES).toSorted()).toEqual(Object.keys(TABLES_OF_THE_OWNER).toSorted())
    const where = section('Где хранится')
    for (const name of Object.keys(TABLES_OF_THE_OWNER)) expect(where).toContain(`| \`${name}\` |`)
    for (const { name, tables } of READ_MODELS) {
      expect(where).toContain(`\`${name}\``)
      for (const table of tables) expect(where).toContain(table.name)
    }
    // A name stands open in one table, that of log-ins: test/regulation/personal-data.test.ts looks into all of them.
    const clear = Object.entries(TABLES).filter(([, [holds]]) => holds === 'clear')
    expect(clear.map(([name]) => name)).toEqual(['access.credential'])
  })

  it('has every recipient: each set of an external system with its views, the bus, witnesses, operator, archive, authority and family', () => {
    const recipients = section('Кому передаётся')
    for (const set of EXCHANGE_SETS) expect(recipients).toContain(`набор \`${set}\``)
    for (const { name, exchange } of VIEWS)
      if (exchange !== undefined) expect(recipients, name).toContain(`\`${name}\``)
    expect(recipients.trim().split('\n')).toHaveLength(2 + EXCHANGE_SETS.length + 6)
    expect(new Set(ABOUT_PUPILS).size).toBe(ABOUT_PUPILS.length)
  })
})
