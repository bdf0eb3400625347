import { KindId } from '#values/policy.ts'

/** The profile of a class of grade 10 or 11. */
export type Profile = 'technological' | 'humanities'

/** What homework of a subject looks like. */
export type HomeworkStyle = 'problems' | 'language' | 'reading' | 'handicraft' | 'sport'

export interface Subject {
  /** Its part of a path, and so of ids and draws. */
  readonly key: string
  readonly name: string
  readonly component: 'federal' | 'school'
  /** Weekly hours by grade; a pair where the two halves of the year differ. */
  readonly hours: Readonly<Record<number, number | readonly [number, number]>>
  /** The same where the humanities are the profile and have other hours. */
  readonly humanities: Readonly<Record<number, number>>
  /** Without marks: only comments (DOMAIN.md G.3). */
  readonly ungraded: boolean
  /** The kind of work that ends a block of topics. */
  readonly written: KindId
  /** What a pupil may be marked for in an ordinary lesson; the first is the usual one. */
  readonly oral: readonly KindId[]
  /** The kind of lesson that stands third in a block, and whether it is done in a laboratory. */
  readonly practice: string
  readonly laboratory: boolean
  readonly homework: HomeworkStyle
}

type Hours = Subject['hours']
type Habits = Partial<
  Pick<Subject, 'practice' | 'laboratory' | 'homework' | 'ungraded' | 'component' | 'humanities'> & {
    written: string
    oral: string[]
  }
>

export function subject(key: string, name: string, hours: Hours, habits: Habits = {}): Subject {
  const { written = 'quiz', oral = ['lesson-answer', 'homework', 'independent-work'], ...rest } = habits
  return {
    key,
    name,
    hours,
    humanities: {},
    component: 'federal',
    ungraded: false,
    practice: 'Практикум',
    laboratory: false,
    homework: 'reading',
    ...rest,
    written: KindId.parse(written),
    oral: oral.map((kind) => KindId.parse(kind)),
  }
}

const school: Habits = { component: 'school', ungraded: true }
const problems: Habits = { written: 'test', practice: 'Решение задач', homework: 'problems' }
const science: Habits = { ...problems, laboratory: true }
const handicraft: Habits = { homework: 'handicraft', written: 'project', oral: ['practical-work'] }

/**
 * The curriculum of DOMAIN.md G.3: in grades 10 and 11 that of the technological profile, and beside it what the
 * humanities have otherwise. Grade 9 has history 3 hours in the first half of the year and 2 in the second, when the hour goes to
 * the school's own part, because a timetable is weekly and 2.5 hours are not.
 */
export const SUBJECTS: readonly Subject[] = [
  subject(
    'russian',
    'Русский язык',
    { 1: 5, 2: 5, 3: 5, 4: 5, 5: 5, 6: 6, 7: 4, 8: 3, 9: 3, 10: 2, 11: 2 },
    { written: 'dictation', homework: 'language' },
  ),
  subject(
    'reading',
    'Литературное чтение',
    { 1: 4, 2: 4, 3: 4, 4: 4 },
    { oral: ['lesson-answer', 'reading-technique', 'homework'] },
  ),
  subject(
    'literature',
    'Литература',
    { 5: 3, 6: 3, 7: 2, 8: 2, 9: 3, 10: 3, 11: 3 },
    { written: 'composition' },
  ),
  subject(
    'english',
    'Английский язык',
    { 2: 2, 3: 2, 4: 2, 5: 3, 6: 3, 7: 3, 8: 3, 9: 3, 10: 3, 11: 3 },
    { homework: 'language' },
  ),
  subject('mathematics', 'Математика', { 1: 4, 2: 4, 3: 4, 4: 4, 5: 5, 6: 5 }, problems),
  subject('algebra', 'Алгебра', { 7: 3, 8: 3, 9: 3 }, problems),
  subject(
    'analysis',
    'Алгебра и начала анализа',
    { 10: 4, 11: 4 },
    { ...problems, humanities: { 10: 2, 11: 2 } },
  ),
  subject(
    'geometry',
    'Геометрия',
    { 7: 2, 8: 2, 9: 2, 10: 3, 11: 3 },
    { ...problems, humanities: { 10: 2, 11: 2 } },
  ),
  subject('statistics', 'Вероятность и статистика', { 7: 1, 8: 1, 9: 1, 10: 1, 11: 1 }, problems),
  subject(
    'informatics',
    'Информатика',
    { 7: 1, 8: 1, 9: 1, 10: 2, 11: 2 },
    { ...problems, written: 'practical-work', humanities: { 10: 1, 11: 1 } },
  ),
  subject('world', 'Окружающий мир', { 1: 2, 2: 2, 3: 2, 4: 2 }),
  subject(
    'history',
    'История',
    { 5: 2, 6: 2, 7: 2, 8: 2, 9: [3, 2], 10: 2, 11: 2 },
    { humanities: { 10: 4, 11: 4 } },
  ),
  subject(
    'society',
    'Обществознание',
    { 6: 1, 7: 1, 8: 1, 9: 1, 10: 2, 11: 2 },
    { humanities: { 10: 4, 11: 4 } },
  ),
  subject('geography', 'География', { 5: 1, 6: 1, 7: 2, 8: 2, 9: 2, 10: 1, 11: 1 }),
  subject(
    'physics',
    'Физика',
    { 7: 2, 8: 2, 9: 3, 10: 5, 11: 5 },
    { ...science, humanities: { 10: 2, 11: 2 } },
  ),
  subject('chemistry', 'Химия', { 8: 2, 9: 2, 10: 1, 11: 1 }, science),
  subject('biology', 'Биология', { 5: 1, 6: 1, 7: 1, 8: 2, 9: 2, 10: 1, 11: 1 }, { laboratory: true }),
  subject('religions', 'Основы религиозных культур и светской этики', { 4: 1 }, { ungraded: true }),
  subject('culture', 'Основы духовно-нравственной культуры народов России', { 5: 1, 6: 1 }),
  subject('art', 'Изобразительное искусство', { 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1 }, handicraft),
  subject('music', 'Музыка', { 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1 }),
  subject(
    'labour',
    'Труд (технология)',
    { 1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 2, 8: 1, 9: 1 },
    handicraft,
  ),
  subject('safety', 'Основы безопасности и защиты Родины', { 8: 1, 9: 1, 10: 1, 11: 1 }),
  subject(
    'sport',
    'Физическая культура',
    { 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2 },
    { written: 'fitness-standard', oral: ['fitness-standard', 'lesson-answer'], homework: 'sport' },
  ),
  subject('project', 'Индивидуальный проект', { 10: 1 }, { written: 'project' }),
  subject('literacy', 'Функциональная грамотность', { 1: 1, 2: 1, 3: 1, 5: 1, 8: 1 }, school),
  subject('project-work', 'Основы проектной деятельности', { 5: 1 }, school),
  subject('local-lore', 'Краеведение', { 6: 1, 7: 1 }, school),
  subject('programming', 'Основы программирования', { 7: 1 }, school),
  subject('finance', 'Финансовая грамотность', { 8: 1 }, school),
  subject('career', 'Профориентация', { 9: [0, 1] }, school),
  subject('physics-problems', 'Решение задач по физике', { 11: 1 }, { ...school, humanities: { 11: 0 } }),
  subject('law', 'Право', {}, { ...school, humanities: { 10: 2, 11: 2 } }),
  subject('economy', 'Экономика', {}, { ...school, humanities: { 10: 1, 11: 2 } }),
]

/** The weekly hours of a subject in a class, in the first and in the second half of the year. */
export function hoursOf(
  { hours, humanities }: Subject,
  { grade, profile }: { readonly grade: number; readonly profile: Profile | null },
): readonly [number, number] {
  const weekly = (profile === 'humanities' ? humanities[grade] : undefined) ?? hours[grade] ?? 0
  return typeof weekly === 'number' ? [weekly, weekly] : weekly
}
