import type { CurriculumEvent } from '#events/curriculum.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

export interface CurriculumState {
  readonly subjects: Map<Uuid, { readonly name: string; readonly component: 'federal' | 'school' }>
}

export const curriculumFold: Fold<CurriculumState, CurriculumEvent> = {
  category: 'curriculum',
  initial: () => ({ subjects: new Map() }),
  on: {
    SubjectAdded: (state, { data }) => {
      state.subjects.set(data.subject, { name: data.name, component: data.component })
    },
  },
}
