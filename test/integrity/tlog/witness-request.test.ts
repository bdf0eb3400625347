import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { newSignerKey, signNote } from '#integrity/tlog/signed-note.ts'
import { formatWitnessRequest, parseWitnessRequest } from '#integrity/tlog/witness-request.ts'

// The example of the specification (c2sp.org/tlog-witness, add-checkpoint).
const EXAMPLE = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`

describe('a request to a witness', () => {
  it('is read and written as in the specification', () => {
    const { old, proof, checkpoint } = parseWitnessRequest(EXAMPLE)
    expect(old).toBe(20_852_014)
    expect(proof).toHaveLength(4)
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 })
    expect(checkpoint.note.signatures).toHaveLength(2)
    const note = EXAMPLE.slice(EXAMPLE.indexOf('\n\n') + 2)
    expect(formatWitnessRequest(old, proof, note)).toBe(EXAMPLE)
  })

  const key = newSignerKey('journal.school35.example/log')
  const note = signNote(formatCheckpoint({ origin: key.name, size: 7, root: Buffer.alloc(32, 1) }), key)
  const hash = `${Buffer.alloc(32, 2).toString('base64')}\n`
  it('has no proof for a first one', () => {
    expect(parseWitnessRequest(formatWitnessRequest(0, [], note))).toMatchObject({ old: 0, proof: [] })
    expect(parseWitnessRequest(Buffer.from(formatWitnessRequest(7, [], note)))).toMatchObject({ old: 7 })
  })
  it.each([
    ['nothing', ''],
    ['no size', `${hash}\n${note}`],
    ['no empty line', `old 3\n${hash}`],
    ['a size with a zero before it', `old 03\n\n${note}`],
    ['a size that is none', `old 3e1\n\n${note}`],
    ['a size above that of the checkpoint', `old 8\n\n${note}`],
    ['a carriage return', `old 3\r\n\r\n${note}`],
    ['a hash that is short', `old 3\nAAAA\n\n${note}`],
    ['64 lines of proof', `old 3\n${hash.repeat(64)}\n${note}`],
    ['a line between', `old 3\nextra\n${hash}\n${note}`],
    ['no checkpoint', `old 3\n${hash}\n`],
    ['bytes that are no text', Buffer.concat([Buffer.from(`old 3\n\n${note}`), Buffer.from([0xff])])],
  ])('with %s is none', (_what, body) => {
    expect(() => parseWitnessRequest(body)).toThrow(expect.objectContaining({ name: 'Malformed' }))
  })
  it('has at most 63 lines of proof', () => {
    expect(parseWitnessRequest(`old 3\n${hash.repeat(63)}\n${note}`).proof).toHaveLength(63)
  })
})
