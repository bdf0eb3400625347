/** What is written before the first row: PostgreSQL, COPY, "Binary Format". */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
/** Flags, the length of the rest of the header, which has none. */
const HEADER = SIGNATURE.length + 8
/** The count of the fields of a row; the length before a value. */
const [COUNT, LENGTH] = [2, 4] as const
/** Of an array with one dimension, before its values: dimensions, whether it has nulls, type, how many, the first index. */
const [NULLS, MANY, VALUES] = [4, 12, 20] as const

/** The values of a column, in order: where in the bytes each begins, and the place behind it. */
export interface Column {
  readonly from: Uint32Array
  readonly to: Uint32Array
}

/**
 * The columns of one row of arrays (`array_agg` of each) that `copy … with (format binary)` gave. A page of a thousand rows
 * is one message of the protocol then, in the place of a thousand.
 *
 * Before each value is its length, and behind it that of the next, whose first byte is a zero.
 *
 * @returns null where the arrays are null: they are of no rows
 * @throws {RangeError} it is something else, or a value is null
 */
export function copiedColumns(bytes: Buffer, columns: number): Column[] | null {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE))
    throw new RangeError('not the binary form of COPY')
  let at = HEADER
  const count = bytes.readInt16BE(at)
  if (count !== columns) throw new RangeError(`${count} columns in the place of ${columns}`)
  at += COUNT
  const found: Column[] = []
  for (let i = 0; i < columns; i++) {
    const length = bytes.readInt32BE(at)
    if (length < 0) return null
    at += LENGTH
    found.push(columnAt(bytes, at))
    at += length
  }
  return found
}

function columnAt(bytes: Buffer, array: number): Column {
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
