import { describe, expect, it } from 'vitest'
import { registerRepresentative } from '#commands/family/register-representative.ts'
import { correctRepresentativeName } from '#commands/family/correct-representative-name.ts'
import { correctPersonName } from '#commands/roster/correct-person-name.ts'
import { enrolPupil } from '#commands/roster/enrol-pupil.ts'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { placeInClass } from '#commands/roster/place-in-class.ts'
import { type SchoolAtWork, schoolsAtWork } from '#support/at-work.ts'
import { ANNA, CLASS_7A, id } from '#support/class-7a.ts'

const schools = schoolsAtWork(3, ['deputy', 'administrator', 'auditor', 'english', 'mathematician'])
const pupil = id('pupil/renamed')
const from = '2026-09-01'
const OLD = { family: 'Тютчева', given: 'Ульяна', patronymic: 'Львовна' }
const NEW = { family: 'Фет-Зарецкая', given: 'Ульяна', patronymic: 'Львовна' }
const document = { kind: 'name-change', date: '2026-10-20' }

interface Names {
  readonly current: { readonly name: string }
  readonly former: ReadonlyArray<{
    readonly name: string
    readonly kept_at: string
    readonly replaced_at: string
    readonly right_until: string | null
  }>
}

async function enrolled(school: SchoolAtWork): Promise<SchoolAtWork> {
  await school.done('deputy', enrolPupil, { pupil, name: OLD, from })
  await school.done('deputy', placeInClass, { class: CLASS_7A, pupils: [pupil], from })
  return school.at('2026-11-09T05:00:00.000Z')
}

async function listed(school: SchoolAtWork, path: string): Promise<string | undefined> {
  const { members, people } = await school.seen<{
    members?: ReadonlyArray<{ pupil: string; name: string }>
    people?: ReadonlyArray<{ person: string; name: string }>
  }>('deputy', path)
  return (
    members?.find((one) => one.pupil === pupil)?.name ?? people?.find(({ person }) => person === pupil)?.name
  )
}

describe('names can be corrected (п. 7А.16, п. 1.7)', () => {
  it('R-7A.16g, R-D8 (part: names): views show the name of today, a list of a past day the name of then, the log neither', async () => {
    const school = await enrolled(schools.next())
    await school.done('deputy', correctPersonName, { person: pupil, name: NEW, reason: 'changed', document })
    const members = `units/${CLASS_7A}/members`
    expect(await listed(school, members)).toBe('Фет-Зарецкая Ульяна Львовна')
    expect(await listed(school, `${members}?on=2026-10-20`)).toBe('Фет-Зарецкая Ульяна Львовна')
    expect(await listed(school, `${members}?on=2026-10-19`)).toBe('Тютчева Ульяна Львовна')
    expect(await listed(school, 'people/pupils?on=2026-10-19')).toBe('Тютчева Ульяна Львовна')
    expect(await school.seen<Names>('deputy', `names/${pupil}`)).toMatchObject({
      current: { name: 'Фет-Зарецкая Ульяна Львовна', kept_at: '2026-11-09T05:00:00.000Z' },
      former: [
        {
          name: 'Тютчева Ульяна Львовна',
          replaced_at: '2026-11-09T05:00:00.000Z',
          right_until: '2026-10-20',
        },
      ],
    })
    for (const { canonical } of await school.log())
      for (const word of [OLD.family, NEW.family]) expect(canonical).not.toContain(word)
    const [line] = await school.lines('audit-trail?type=PersonNameCorrected')
    expect(line).toMatchObject({ person: pupil, reason: 'changed', after: { document } })
  })

  it('R-7A.16g (part): a name that was mistyped was never right, and stays in the history of names alone', async () => {
    const school = await enrolled(schools.next())
    const correction = { person: pupil, name: NEW, reason: 'mistyped' }
    const headers = { 'idempotency-key': id('name once') }
    await school.done('deputy', correctPersonName, correction, headers)
    const again = await school.give('deputy', correctPersonName, correction, headers)
    expect(again).toMatchObject({ status: 200, body: { repeated: true } })
    expect(await listed(school, `units/${CLASS_7A}/members?on=2026-10-01`)).toBe(
      'Фет-Зарецкая Ульяна Львовна',
    )
    const { former } = await school.seen<Names>('auditor', `names/${pupil}`)
    expect(former).toMatchObject([{ name: 'Тютчева Ульяна Львовна', right_until: null }])
    const unknown = await school.ask('deputy', `names/${id('nobody')}`)
    expect(unknown).toMatchObject({ status: 404, body: { reason: 'person-unknown' } })
    expect((await school.ask('english', `names/${pupil}`)).status).toBe(403)
  })

  it('R-7A.16g (part): of staff and representatives it is the same', async () => {
    const school = schools.next()
    const [staff, mother] = [id('staff/renamed'), id('mother of anna, renamed')]
    await school.done('administrator', hireStaff, { staff, name: OLD, from })
    const family = { pupil: ANNA, representative: mother }
    await school.done('deputy', registerRepresentative, { ...family, name: OLD, kinship: 'mother', from })
    const changed = { name: NEW, reason: 'changed', document }
    await school.done('administrator', correctPersonName, { person: staff, ...changed })
    await school.done(
      'english',
      correctRepresentativeName,
      { ...family, ...changed },
      { 'letopis-role': 'class-teacher' },
    )
    for (const person of [staff, mother]) {
      const { current, former } = await school.seen<Names>('deputy', `names/${person}`)
      expect(current.name).toBe('Фет-Зарецкая Ульяна Львовна')
      expect(former.map(({ name }) => name)).toEqual(['Тютчева Ульяна Львовна'])
    }
  })
})
