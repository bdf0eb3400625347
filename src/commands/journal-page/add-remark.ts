import { z } from 'zod'
import { CommentText, RemarkKind } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { refuse } from '../refusal.ts'
import { checkMembers, mayWriteOnPage, onPage, pageCommand, todayOf } from './ground.ts'

const AddRemark = z.strictObject({
  ...onPage,
  kind: RemarkKind.describe('Замечание или рекомендация'),
  pupil: Uuid.nullable().describe('Кому; null — всем, кто учится по этому журналу'),
  lesson: Uuid.optional().describe('О каком уроке, если о нём'),
  text: CommentText,
})

/** Says a remark or a recommendation to a pupil or to all who learn here; nobody else sees it (R-7A.6g, R-F1). */
export const addRemark = pageCommand({
  name: 'add-remark',
  summary: 'Сделать замечание или дать рекомендацию обучающемуся или всем по журналу',
  operation: '7',
  input: AddRemark,
  touches: ({ input: { pupil } }) => ({ pupils: pupil === null ? [] : [pupil], postponed: null }),
  may: mayWriteOnPage,
  decide(given) {
    const { input, state, newId } = given
    const { kind, pupil, text, lesson = null } = input
    const about = lesson === null ? undefined : state.lessons.get(lesson)
    if (lesson !== null && about === undefined) return refuse('lesson-unknown', { lesson })
    const date = about?.date ?? todayOf(given)
    const stranger = pupil === null ? null : checkMembers(given, date, [pupil])
    if (stranger !== null) return stranger
    return [{ type: 'RemarkMade', data: { remark: newId('remark'), kind, pupil, lesson, date, text } }]
  },
})
