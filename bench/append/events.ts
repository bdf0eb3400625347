import { randomUUID } from 'node:crypto'
import type { Given } from './contestant.ts'

const AT = '2026-11-09T03:50:00.000Z'

/** Marks of a column, as the journal records them: about 400 bytes with their metadata. */
export function marks(count: number): Given[] {
  return Array.from({ length: count }, () => ({
    id: randomUUID(),
    type: 'MarkRecorded',
    data: {
      dueAt: AT,
      entry: 'f4dbd52b-6a7c-5a7c-9d6b-0d9b6f3f0e11',
      lesson: '0b5e3c1e-9d0c-4f0e-8b1a-6a1c2d3e4f50',
      pupil: '7b1c2f0e-5d34-5c8a-9a46-3c1f0a6f2e11',
      value: 4,
    },
    meta: {
      at: AT,
      by: '5c0c6a52-97fc-4d57-8f0d-6f2fb0d6c0aa',
      cmd: 'a2d1fb0e-0e5f-4a41-9f58-3e3f3b1e7c77',
      cred: 1,
      prev: 'mF0hYb2Xc1bqk1z3y0m2v5b8n1x4c7z0a3s6d9f2g5h=',
      role: 'teacher',
      school: 'tomsk35',
      v: 1,
    },
  }))
}
