import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { POSTED, VIEWS } from '#api/views/catalogue.ts'
import { viewers } from '#api/views/view.ts'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { bySwitch, mayAct } from '#values/rights.ts'
import { type Role, ROLES } from '#values/role.ts'
import { ROOT } from '../../scripts/rule-sources.ts'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Whose guide it is: what it names, one of these must be let to. */
const GUIDES: Readonly<Record<string, readonly Role[]>> = {
  'README.md': ROLES,
  'administrator.md': ['system-administrator'],
  'head.md': ['head'],
  'deputy.md': ['deputy'],
  'class-teacher.md': ['class-teacher'],
  'teacher.md': ['teacher'],
  'family.md': ['parent', 'pupil'],
  'auditor.md': ['auditor'],
  'archivist.md': ['archivist'],
  'operator.md': ['operator'],
  'training.md': ROLES,
}

/** Who may give a command, or see a view, by its name. */
const LET = new Map<string, readonly Role[]>([
  ...(COMMANDS as readonly Command[]).map(
    ({ name, operation }) => [name, [...mayAct(operation), ...bySwitch(operation)]] as const,
  ),
  ...[...VIEWS, ...POSTED].map((view) => [view.name, viewers(view)] as const),
])

/** The names in code of a guide that are written as those of commands and views are. */
const namedIn = (file: string): string[] =>
  [...read(file).matchAll(/`([a-z]+(?:-[a-z]+)+|readiness)`/g)].map(([, name]) => name!)

describe('the guides of the users (R-7A.17a)', () => {
  const files = globSync('docs/guides/*.md', { cwd: ROOT }).toSorted()

  it('R-7A.17a: there is one for each role of the school and for the operator, and a training programme, all in one list', () => {
    expect(files.map((file) => file.replace('docs/guides/', ''))).toEqual(Object.keys(GUIDES).toSorted())
    const held = new Set(
      Object.values(GUIDES)
        .filter((roles) => roles !== ROLES)
        .flat(),
    )
    // A program that reads by a token has no guide but the specification.
    expect(ROLES.filter((role) => !held.has(role))).toEqual(['external-system'])
    const links = [...read('docs/guides/README.md').matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name!)
    expect([...new Set(links), 'README.md'].toSorted()).toEqual(Object.keys(GUIDES).toSorted())
  })

  it.each(files)(
    'R-7A.17a: %s is of this release, in Russian, and names only what its reader may do',
    (file) => {
      const text = read(file)
      const { version } = JSON.parse(read('package.json')) as { version: string }
      expect(text).toContain(`Выпуск ${version}.`)
      const letters = text.replaceAll(/`[^`]*`|\[[^\]]*\]\([^)]*\)/g, '')
      expect(letters.match(/[а-яё]/gi)!.length).toBeGreaterThan(10 * (letters.match(/[a-z]/gi)?.length ?? 0))
      const roles = GUIDES[file.replace('docs/guides/', '')]!
      const wrong = namedIn(file).filter((name) => !LET.get(name)?.some((role) => roles.includes(role)))
      expect(wrong).toEqual([])
      if (roles !== ROLES) expect(namedIn(file).length).toBeGreaterThan(1)
    },
  )
})
