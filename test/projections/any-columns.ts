/** Columns of every type that a read model may have, behind those that place a row. */
export const ANY_COLUMNS = [
  ['school', 'text'],
  ['stream', 'text'],
  ['text', 'text'],
  ['number', 'integer'],
  ['yes', 'boolean'],
  ['id', 'uuid'],
  ['json', 'jsonb'],
] as const

export const AN_ID = '6f2b1d34-0000-4000-8000-00000000abcd'
