import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folded } from '#exchange/columns.ts'
import { idOf } from '#exchange/ids.ts'
import { IMPORT_LISTS } from '#exchange/lists/catalogue.ts'
import { id } from '#support/class-7a.ts'
import { SCHOOL } from '#support/spec.ts'
import { SchoolSlug } from '#values/school.ts'
import { ROOT } from '../../scripts/rule-sources.ts'

describe('the lists', () => {
  const specification = readFileSync(join(ROOT, 'docs/spec/exchange.md'), 'utf8')

  it.each(IMPORT_LISTS)('$name is specified as it is, column by column', ({ name, columns }) => {
    const line = specification.split('\n').find((one) => one.startsWith(`| \`${name}\` |`))
    const described = Object.entries(columns).map(([column, { title, optional }]) =>
      optional ? `${column} ${title}` : `**${column}** ${title}`,
    )
    const found = line?.split('|')[2]?.replaceAll(/ \([^)]*\)/g, '')
    expect(found?.trim().split(', ')).toEqual(described)
  })

  it.each(IMPORT_LISTS)('$name can tell its columns apart, in both languages', ({ columns }) => {
    const headings = Object.entries(columns).flatMap(([name, { title }]) => [folded(name), folded(title)])
    expect(new Set(headings).size).toBe(headings.length)
  })
})

describe('an external id', () => {
  it('that is a UUID is the id; any other gives one for each school and kind, for ever', () => {
    const uuid = id('pupil/somebody')
    expect(idOf(SCHOOL, 'pupil', uuid.toUpperCase())).toBe(uuid)
    expect(idOf(SchoolSlug.parse('tomsk35'), 'pupil', '17')).toBe('e04a212a-c734-553c-b7fc-2f0bd78f0617')
    expect(idOf(SCHOOL, 'staff', '17')).not.toBe(idOf(SCHOOL, 'pupil', '17'))
    expect(idOf(SchoolSlug.parse('tomsk36'), 'pupil', '17')).not.toBe(idOf(SCHOOL, 'pupil', '17'))
  })
})
