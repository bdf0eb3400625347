import { z } from 'zod'

/** What is expected where a value is of another kind. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'строка',
  number: 'число',
  int: 'целое число',
  bigint: 'целое число',
  boolean: 'true или false',
  array: 'список',
  tuple: 'список',
  object: 'объект',
  record: 'объект',
  map: 'объект',
  null: 'null',
  nan: 'не число (NaN)',
  date: 'дата',
}

const kindOf = (name: string): string => KINDS[name] ?? name

/** What a text should be; an example says more than the name of a standard. */
const FORMATS: Readonly<Record<string, string>> = {
  date: 'Ожидается дата, как 2026-09-01',
  datetime: 'Ожидаются дата и время по UTC с миллисекундами, как 2026-09-01T08:00:00.000Z',
  time: 'Ожидается время, как 08:00:00',
  duration: 'Ожидается длительность по ISO 8601, как PT15M',
  uuid: 'Ожидается UUID, как 6f2b1d34-0000-4000-8000-00000000abcd',
  email: 'Ожидается адрес электронной почты',
  url: 'Ожидается адрес в сети (URL)',
  base64: 'Ожидается текст в base64',
  base64url: 'Ожидается текст в base64url',
  ipv4: 'Ожидается адрес IPv4',
  ipv6: 'Ожидается адрес IPv6',
}

type Issue = z.core.$ZodRawIssue

/** Of what a value has too little or too much. */
const measured = (origin: string): string =>
  origin === 'string' ? 'Длина' : origin === 'array' ? 'Число элементов' : 'Значение'

function formatFault(issue: Extract<Issue, { code: 'invalid_format' }>): string | undefined {
  const { format } = issue
  if (format === 'regex') return `Не по образцу ${issue['pattern'] as string}`
  if (format === 'starts_with') return `Должно начинаться с «${issue['prefix'] as string}»`
  if (format === 'ends_with') return `Должно кончаться на «${issue['suffix'] as string}»`
  if (format === 'includes') return `Должно содержать «${issue['includes'] as string}»`
  return FORMATS[format]
}

/** In words for people; undefined where the words of the library must do. */
function inRussian(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'Нет обязательного значения'
        : `Ожидается ${kindOf(issue.expected)}, получено: ${kindOf(z.core.util.parsedType(issue.input))}`
    case 'invalid_value':
      if (issue.input === undefined) return 'Нет обязательного значения'
      return issue.values.length === 1
        ? `Ожидается ${shown(issue.values[0])}`
        : `Ожидается одно из: ${issue.values.map(shown).join(', ')}`
    case 'invalid_format':
      return formatFault(issue)
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'Пустая строка'
      return `${measured(issue.origin)} — ${issue.inclusive === false ? 'больше' : 'не меньше'} ${issue.minimum}`
    case 'too_big':
      return `${measured(issue.origin)} — ${issue.inclusive === false ? 'меньше' : 'не больше'} ${issue.maximum}`
    case 'not_multiple_of':
      return `Должно делиться на ${issue.divisor}`
    case 'unrecognized_keys':
      return `${issue.keys.length === 1 ? 'Неизвестное поле' : 'Неизвестные поля'}: ${issue.keys.join(', ')}`
    case 'invalid_union':
      if (issue.input === undefined) return 'Нет обязательного значения'
      return formsOf(issue.errors) ?? 'Не подходит ни под одну из допустимых форм'
    default:
      return undefined
  }
}

/** What each form of a text asks for; undefined where it is more than how the text is written. */
function formsOf(forms: ReadonlyArray<readonly z.core.$ZodIssue[]>): string | undefined {
  const faults = forms.map((issues) => (issues.length === 1 ? issues[0]! : null))
  if (faults.some((fault) => fault?.code !== 'invalid_format')) return undefined
  return [...new Set(faults.map((fault) => fault!.message))].join('; или: ')
}

const shown = (value: z.core.util.Primitive | undefined): string =>
  typeof value === 'string' ? value : String(value)

const library = z.locales.ru().localeError

// What zod finds wrong is read by people: in a request, in the environment, on the command line. Its own words for a date
// are «Неверный ISO дата», and for a field that is missing «ожидалось string, получено undefined».
z.config({ localeError: (issue) => inRussian(issue) ?? library(issue) })
