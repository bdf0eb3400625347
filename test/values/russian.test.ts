import '#values/russian.ts'
import { Instant } from '#values/time.ts'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const said = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(value).error!.issues.map(({ message }) => message)

const INSTANT = 'Ожидаются дата и время по UTC с миллисекундами, как 2026-09-01T08:00:00.000Z'

describe('what is wrong with a value', () => {
  it.each([
    [z.object({ text: z.string() }), {}, 'Нет обязательного значения'],
    [z.string(), 1, 'Ожидается строка, получено: число'],
    [z.int(), 1.5, 'Ожидается целое число, получено: число'],
    [z.int(), [], 'Ожидается число, получено: список'],
    [z.strictObject({ a: z.int() }), null, 'Ожидается объект, получено: null'],
    [z.iso.date(), '1.9.2026', 'Ожидается дата, как 2026-09-01'],
    [Instant, '2026-09-01T08:00:00Z', INSTANT],
    [Instant, 'вчера', INSTANT],
    [z.union([z.iso.date(), Instant]), 'завтра', `Ожидается дата, как 2026-09-01; или: ${INSTANT}`],
    [z.uuid(), '7', 'Ожидается UUID, как 6f2b1d34-0000-4000-8000-00000000abcd'],
    [z.string().regex(/^[a-z]+$/), '7', 'Не по образцу /^[a-z]+$/'],
    [z.string().min(1), '', 'Пустая строка'],
    [z.string().min(12), 'короткий', 'Длина — не меньше 12'],
    [z.string().max(3), 'длинный', 'Длина — не больше 3'],
    [z.array(z.int()).max(1), [1, 2], 'Число элементов — не больше 1'],
    [z.number().gt(0), 0, 'Значение — больше 0'],
    [z.number().lt(1), 1, 'Значение — меньше 1'],
    [z.number().multipleOf(5), 7, 'Должно делиться на 5'],
    [z.enum(['daily', 'weekly']), 'monthly', 'Ожидается одно из: daily, weekly'],
    [z.literal('grid'), 'list', 'Ожидается grid'],
    [z.strictObject({}), { a: 1 }, 'Неизвестное поле: a'],
    [z.strictObject({}), { a: 1, b: 2 }, 'Неизвестные поля: a, b'],
    [z.union([z.int(), z.iso.date()]), true, 'Не подходит ни под одну из допустимых форм'],
    [z.string().startsWith('ru'), 'en', 'Должно начинаться с «ru»'],
  ])('is said in Russian: %#', (schema, value, message) => {
    expect(said(schema, value)).toEqual([message])
  })

  it('has an example that would be right', () => {
    for (const schema of [z.iso.date(), Instant, z.iso.time(), z.iso.duration(), z.uuid()]) {
      const example = /как (\S+)$/.exec(said(schema, 'иначе')[0]!)![1]
      expect(schema.safeParse(example).success, example).toBe(true)
    }
  })

  it('is said in the words of the schema where it has some, and of the library where we have none', () => {
    expect(said(z.string('Назовите класс'), 1)).toEqual(['Назовите класс'])
    expect(said(z.cidrv4(), 'x')).toEqual([expect.stringMatching(/IPv4/)])
  })
})
