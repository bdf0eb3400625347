import { z } from 'zod'
import { LocalDate } from '#values/time.ts'

/**
 * The files of a OneRoster 1.2 bundle that Letopis reads and writes, column by column in the order of the standard
 * (1EdTech OneRoster 1.2, CSV binding). `required` are those that the standard wants filled in bulk files.
 */

export interface TableFormat {
  readonly columns: readonly string[]
  readonly required: readonly string[]
  /** How a filled cell must be, where not any text will do. */
  readonly cells: Readonly<Record<string, z.ZodType<unknown, string>>>
}

const Id = z
  .string()
  .max(100, 'не больше 100 знаков')
  .refine((text) => !/[|,\s]/.test(text), 'без пробелов, запятых и «|»')
const Flag = z.enum(['true', 'false'], 'true или false')
const Iso = z.string().pipe(LocalDate)

/** One of the words of the standard, in any case, or an extension of it. */
const word = (...words: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => text.startsWith('ext:') || words.some((one) => one.toLowerCase() === text.toLowerCase()),
      `одно из: ${words.join(', ')}`,
    )

/** Bulk files say nothing of what is gone: the columns of deltas stay empty, or say that a row is in force. */
const BULK = {
  status: z.string().refine((text) => text === 'active', 'в полном наборе допустимо только active'),
}
const FIRST = ['sourcedId', 'status', 'dateLastModified']

function format(
  columns: readonly string[],
  required: readonly string[],
  cells: TableFormat['cells'] = {},
): TableFormat {
  return {
    columns: [...FIRST, ...columns],
    required: ['sourcedId', ...required],
    cells: { sourcedId: Id, ...BULK, ...cells },
  }
}

export const TABLES = {
  academicSessions: format(
    ['title', 'type', 'startDate', 'endDate', 'parentSourcedId', 'schoolYear'],
    ['title', 'type', 'startDate', 'endDate', 'schoolYear'],
    {
      type: word('gradingPeriod', 'semester', 'schoolYear', 'term'),
      startDate: Iso,
      endDate: Iso,
      schoolYear: z.string().regex(/^\d{4}$/, 'год из четырёх цифр'),
    },
  ),
  orgs: format(['name', 'type', 'identifier', 'parentSourcedId'], ['name', 'type'], {
    type: word('department', 'school', 'district', 'local', 'state', 'national'),
  }),
  courses: format(
    ['schoolYearSourcedId', 'title', 'courseCode', 'grades', 'orgSourcedId', 'subjects', 'subjectCodes'],
    ['title', 'orgSourcedId'],
  ),
  classes: format(
    [
      'title',
      'grades',
      'courseSourcedId',
      'classCode',
      'classType',
      'location',
      'schoolSourcedId',
      'termSourcedIds',
      'subjects',
      'subjectCodes',
      'periods',
    ],
    ['title', 'courseSourcedId', 'classType', 'schoolSourcedId', 'termSourcedIds'],
    { classType: word('homeroom', 'scheduled') },
  ),
  users: format(
    [
      'enabledUser',
      'username',
      'userIds',
      'givenName',
      'familyName',
      'middleName',
      'identifier',
      'email',
      'sms',
      'phone',
      'agentSourcedIds',
      'grades',
      'password',
      'userMasterIdentifier',
      'resourceSourcedIds',
      'preferredGivenName',
      'preferredMiddleName',
      'preferredFamilyName',
      'primaryOrgSourcedId',
      'pronouns',
    ],
    ['enabledUser', 'username', 'givenName', 'familyName'],
    { enabledUser: Flag },
  ),
  roles: format(
    ['userSourcedId', 'roleType', 'role', 'beginDate', 'endDate', 'orgSourcedId', 'userProfileSourcedId'],
    ['userSourcedId', 'roleType', 'role', 'orgSourcedId'],
    {
      roleType: word('primary', 'secondary'),
      role: word(
        'aide',
        'counselor',
        'districtAdministrator',
        'guardian',
        'parent',
        'principal',
        'proctor',
        'relative',
        'siteAdministrator',
        'student',
        'systemAdministrator',
        'teacher',
      ),
      beginDate: Iso,
      endDate: Iso,
    },
  ),
  enrollments: format(
    ['classSourcedId', 'schoolSourcedId', 'userSourcedId', 'role', 'primary', 'beginDate', 'endDate'],
    ['classSourcedId', 'schoolSourcedId', 'userSourcedId', 'role'],
    {
      role: word('administrator', 'proctor', 'student', 'teacher'),
      primary: Flag,
      beginDate: Iso,
      endDate: Iso,
    },
  ),
} as const satisfies Readonly<Record<string, TableFormat>>

export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as TableName[]

/** Files of the standard that are not read: the manifest may name them. */
export const OTHER_FILES = [
  'categories',
  'classResources',
  'courseResources',
  'demographics',
  'lineItemLearningObjectiveIds',
  'lineItems',
  'lineItemScoreScales',
  'resources',
  'resultLearningObjectiveIds',
  'results',
  'resultScoreScales',
  'scoreScales',
  'userProfiles',
  'userResources',
]

/** Which column of which file names a row of which other. `list` columns name several, with commas between them. */
export const REFERENCES: ReadonlyArray<{
  readonly from: TableName
  readonly column: string
  readonly to: TableName
  readonly list?: true
}> = [
  { from: 'academicSessions', column: 'parentSourcedId', to: 'academicSessions' },
  { from: 'orgs', column: 'parentSourcedId', to: 'orgs' },
  { from: 'courses', column: 'schoolYearSourcedId', to: 'academicSessions' },
  { from: 'courses', column: 'orgSourcedId', to: 'orgs' },
  { from: 'classes', column: 'courseSourcedId', to: 'courses' },
  { from: 'classes', column: 'schoolSourcedId', to: 'orgs' },
  { from: 'classes', column: 'termSourcedIds', to: 'academicSessions', list: true },
  { from: 'users', column: 'agentSourcedIds', to: 'users', list: true },
  { from: 'users', column: 'primaryOrgSourcedId', to: 'orgs' },
  { from: 'roles', column: 'userSourcedId', to: 'users' },
  { from: 'roles', column: 'orgSourcedId', to: 'orgs' },
  { from: 'enrollments', column: 'classSourcedId', to: 'classes' },
  { from: 'enrollments', column: 'schoolSourcedId', to: 'orgs' },
  { from: 'enrollments', column: 'userSourcedId', to: 'users' },
]
