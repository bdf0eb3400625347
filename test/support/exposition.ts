/** A value of one metric with its labels, as Prometheus would keep it. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}

/**
 * Reads the text format of Prometheus (version 0.0.4) and forgives nothing: every line must be of the grammar, every
 * family is described before its samples and stands in one place, no sample comes twice, and a histogram adds up.
 *
 * @throws {Error} with the line that is wrong
 */
export function parseExposition(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line is not ended')
  const samples: Sample[] = []
  const seen = new Set<string>()
  const families = new Map<string, string>()
  let family: { name: string; helped: boolean; type: string | null } | null = null
  for (const line of text.split('\n')) {
    const wrong = (why: string): Error => new Error(`${why}: ${line}`)
    if (line === '') continue
    const [, what, about, rest] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ?? []
    if (what === 'HELP') {
      if (families.has(about!)) throw wrong('a family stands in two places')
      family = { name: about!, helped: true, type: null }
      families.set(about!, '')
    } else if (what === 'TYPE') {
      if (family?.name !== about || family!.type !== null) throw wrong('a type without its help')
      if (!TYPES.includes(rest as never)) throw wrong('no such type')
      family!.type = rest!
      families.set(about!, rest!)
    } else {
      const sample = sampleIn(line)
      if (sample === null) throw wrong('not a line of the format')
      const { name, type } = family ?? { name: '', type: null }
      const names = (SUFFIXES[type ?? ''] ?? ['']).map((suffix) => name + suffix)
      if (type === null || !names.includes(sample.name)) throw wrong('a sample outside its family')
      const key = `${sample.name} ${written(sample.labels)}`
      if (seen.has(key)) throw wrong('a sample that comes twice')
      if (type === 'counter' && !(sample.value >= 0)) throw wrong('a counter below nothing')
      seen.add(key)
      samples.push(sample)
    }
  }
  for (const [name, type] of families) if (type === 'histogram') addsUp(name, samples)
  return samples
}

/** Labels in one order, as text. */
export function written(labels: Sample['labels']): string {
  const names = Object.keys(labels).toSorted((a, b) => a.localeCompare(b))
  return names.map((name) => `${name}=${labels[name]}`).join(' ')
}

/** Values are read as by `strconv.ParseFloat` of Go, which takes NaN in any case. */
function sampleIn(line: string): Sample | null {
  const parts =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([Nn]a[Nn]|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?: \d+)?$/.exec(
      line,
    )
  if (parts === null) return null
  const labels: Record<string, string> = {}
  let left = parts[2] ?? ''
  while (left !== '') {
    const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(left)
    const [, name = '', value = ''] = label ?? []
    if (label === null || name in labels) return null
    labels[name] = value
    left = left.slice(label[0].length)
  }
  const value = Number(parts[3]!.replace('Inf', 'Infinity'))
  return { name: parts[1]!, labels, value }
}

function addsUp(name: string, samples: readonly Sample[]): void {
  const counts = samples.filter((sample) => sample.name === `${name}_count`)
  for (const { labels, value } of counts) {
    const same = (other: Sample['labels']): boolean =>
      written({ ...other, le: '' }) === written({ ...labels, le: '' })
    const buckets = samples.filter((sample) => sample.name === `${name}_bucket` && same(sample.labels))
    const bounds = buckets.map(({ labels: { le } }) => Number(le!.replace('Inf', 'Infinity')))
    const grows = buckets.every(
      (bucket, n) => n === 0 || (bucket.value >= buckets[n - 1]!.value && bounds[n]! > bounds[n - 1]!),
    )
    if (!grows || bounds.at(-1) !== Number.POSITIVE_INFINITY || buckets.at(-1)!.value !== value)
      throw new Error(`the buckets of ${name} ${JSON.stringify(labels)} do not add up`)
  }
}
