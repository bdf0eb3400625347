/** What is written before the first row: PostgreSQL, COPY, "Binary Format". */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
/** Flags, the length of the rest of the header, which has none. */
const HEADER = SIGNATURE.length + 8
/** The count of the fields of a row, −1 behind the last one; the length before a value. */
const [COUNT, LENGTH] = [2, 4] as const
const NO_MORE = -1
/** Of an array with one dimension, before its values: dimensions, whether it has nulls, type, how many, the first index. */
const [NULLS, MANY, VALUES] = [4, 12, 20] as const

/** The values of a column, in order: where in the bytes each begins, and the place behind it. */
export interface Column {
  readonly from: Uint32Array
  readonly to: Uint32Array
}

/**
 * Rows as they came. Before each value is its length, and behind it that of the next one or the count of the next row, whose
 * first byte is a zero; only behind the last value of the last column it may be another.
 */
export interface Copied {
  readonly bytes: Buffer
  readonly columns: readonly Column[]
}

/**
 * The rows that `copy … with (format binary)` gave.
 *
 * @param most so many are there at most
 * @throws {RangeError} it is something else, or a value is null
 */
export function copiedRows(bytes: Buffer, columns: number, most: number): Copied {
  const found = Array.from({ length: columns }, () => ({
    from: new Uint32Array(most),
    to: new Uint32Array(most),
  }))
  let at = firstRow(bytes)
  let rows = 0
  for (let count; (count = bytes.readInt16BE(at)) !== NO_MORE; rows++) {
    if (count !== columns) throw new RangeError(`${count} columns in the place of ${columns}`)
    if (rows === most) throw new RangeError(`more than ${most} rows`)
    at += COUNT
    for (const { from, to } of found) {
      const length = bytes.readInt32BE(at)
      if (length < 0) throw new RangeError('a value is null')
      from[rows] = at + LENGTH
      at += LENGTH + length
      to[rows] = at
    }
  }
  return {
    bytes,
    columns: found.map(({ from, to }) => ({ from: from.subarray(0, rows), to: to.subarray(0, rows) })),
  }
}

/**
 * The same of one row, in which each column is an array (`array_agg`); of arrays that are null it is no rows.
 *
 * @throws {RangeError} it is something else, or a value is null
 */
export function copiedArrays(bytes: Buffer, columns: number): Copied {
  let at = firstRow(bytes)
  const count = bytes.readInt16BE(at)
  if (count !== columns) throw new RangeError(`${count} columns in the place of ${columns}`)
  at += COUNT
  const found: Column[] = []
  for (let i = 0; i < columns; i++) {
    const length = bytes.readInt32BE(at)
    at += LENGTH
    found.push(length < 0 ? NO_VALUES : arrayAt(bytes, at))
    at += Math.max(length, 0)
  }
  return { bytes, columns: found }
}

const NO_VALUES: Column = { from: new Uint32Array(), to: new Uint32Array() }

function firstRow(bytes: Buffer): number {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE))
    throw new RangeError('not the binary form of COPY')
  return HEADER
}

function arrayAt(bytes: Buffer, array: number): Column {
  if (bytes.readInt32BE(array) !== 1 || bytes.readInt32BE(array + NULLS) !== 0)
    throw new RangeError('not an array of values')
  const many = bytes.readInt32BE(array + MANY)
  const [from, to] = [new Uint32Array(many), new Uint32Array(many)]
  let at = array + VALUES
  for (let i = 0; i < many; i++) {
    from[i] = at + LENGTH
    at = from[i]! + bytes.readInt32BE(at)
    to[i] = at
  }
  return { from, to }
}
