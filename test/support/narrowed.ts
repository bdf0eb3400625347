import { endRole } from '#commands/access/end-role.ts'
import { grantRole } from '#commands/access/grant-role.ts'
import { accountOf } from './api.ts'
import type { SchoolAtWork } from './at-work.ts'

/** The deputy of this school answers for a part of it from now on. */
export async function narrowed(school: SchoolAtWork, ...scopes: readonly object[]): Promise<SchoolAtWork> {
  const account = accountOf('deputy')
  await school.done('administrator', endRole, { account, role: 'deputy' })
  for (const scope of scopes)
    await school.done('administrator', grantRole, { account, role: 'deputy', from: '2026-09-01', scope })
  return school
}
