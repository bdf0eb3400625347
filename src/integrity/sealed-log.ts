import type { Kysely } from 'kysely'
import type { Position } from '#events/store/position.ts'
import type { Column, Copied } from '#events/store/copied-columns.ts'
import { behind } from '#events/store/record-text.ts'
import { CopyOut, copyOut, query, transaction } from '#events/store/sql.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Head, Heads } from './heads.ts'
import {
  consistencyParts,
  HASH_BYTES,
  proofOf,
  rootParts,
  type Subtree,
  type SubtreeHash,
  type TreeHash,
} from './tlog/merkle-tree.ts'
import type { SchoolSlug } from '#values/school.ts'
import { Malformed } from './tlog/malformed.ts'
import { subtreesIn, type Tile, TILE_WIDTH, tileRoot, tilesOf, widthOf } from './tlog/tiles.ts'

/** A record as the tree knows it. */
export interface Leaf {
  readonly stream: string
  readonly rev: number
  readonly event: Uuid
  readonly hash: TreeHash
}

/** A tree that was signed, and the note that says so. */
export interface Sealed {
  readonly size: number
  readonly root: TreeHash
  /** The checkpoint as it was signed, and below the signatures those of witnesses, as far as there are any yet. */
  readonly note: string
  readonly at: Instant
}

interface LeafRow {
  readonly stream: string
  readonly rev: string
  readonly event: Uuid
  readonly hash: string
}

/** Looked up in one statement. */
const MANY = 1_000

/**
 * Leaves and tiles in one statement, which is all or nothing without a transaction around it. The leaves come as lists of
 * lines: neither side has to read JSON for them (docs/decisions/0026).
 */
const APPEND = `
  with leaf as (
    insert into integrity.leaf (idx, stream, rev, event_id, hash)
    select $1::bigint + n - 1, stream, rev::bigint, event::uuid, decode(hash, 'base64')
    from unnest(string_to_array($2, chr(10)), string_to_array($3, chr(10)), string_to_array($4, chr(10)), string_to_array($5, chr(10)))
      with ordinality as l(stream, rev, event, hash, n)
  )
  insert into integrity.tile (level, idx, hashes)
  select level, idx, decode(hashes, 'base64') from json_to_recordset($6::json)
    as t(level smallint, idx bigint, hashes text)
  on conflict (level, idx) do update set hashes = excluded.hashes`

const LEAF = `stream, rev::text, event_id as event, encode(hash, 'hex') as hash`

/**
 * The tree over all records, as the database keeps it: leaves, tiles, checkpoints. What it hands out is as good as the
 * database; whoever verifies holds a proof against a checkpoint whose signature he trusts.
 */
export class SealedLog {
  readonly #database: Kysely<unknown>
  /** The tiles that are not full yet behind what this one appends: whoever goes on there need not ask for them. */
  #next: { readonly size: number; readonly open: Promise<readonly TileBytes[]> } | null = null

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  /** Up to where the newest checkpoint reaches: so many leaves, the last of which stands at this position of the log. */
  async progress(): Promise<{ readonly size: number; readonly position: Position } | null> {
    const [row] = await query<{ size: string; commit: string; prepare: string }>(
      this.#database,
      'select size::text, commit::text, prepare::text from integrity.progress',
    )
    if (row === undefined) return null
    return {
      size: Number(row.size),
      position: { commit: BigInt(row.commit), prepare: BigInt(row.prepare) },
    }
  }

  /** How many leaves there are. */
  async size(): Promise<number> {
    const [row] = await query<{ size: string }>(
      this.#database,
      'select (coalesce(max(idx), -1) + 1)::text as size from integrity.leaf',
    )
    return Number(row!.size)
  }

  /** The leaves from an index on, in order: at most `count`, fewer where the table ends. */
  async leaves(from: number, count: number): Promise<Leaf[]> {
    const rows = await query<LeafRow>(
      this.#database,
      `select ${LEAF} from integrity.leaf where idx >= $1::bigint and idx < $2::bigint order by idx`,
      [from, from + count],
    )
    return rows.map(leafOf)
  }

  /** {@link leaves} in the bytes in which they come, which is much less work for whoever only compares them. */
  async leafPage(from: number, count: number): Promise<LeafPage> {
    const copied = await copyOut(
      this.#database,
      new CopyOut(
        ['stream', 'rev', 'event_id::text', 'hash'],
        `from integrity.leaf where idx >= ${BigInt(from)} and idx < ${BigInt(from + count)} order by idx`,
        count,
      ),
    )
    return new LeafPage(copied)
  }

  /** Where each of these streams ends among the first `size` leaves. */
  async heads(streams: readonly string[], size: number): Promise<Heads> {
    const rows = await query<LeafRow>(
      this.#database,
      `select l.* from json_array_elements_text($1::json) as s(name), lateral (
         select ${LEAF} from integrity.leaf as known where stream = s.name and idx < $2::bigint
         order by known.rev desc limit 1
       ) l`,
      [JSON.stringify(streams), size],
    )
    return new Map(
      rows
        .map(leafOf)
        .map(({ stream, rev, hash }): [string, Head] => [
          stream,
          { rev, hash: Buffer.from(hash).toString('base64') },
        ]),
    )
  }

  /** The leaves of records, by place: only of those that the tree has. */
  async leavesAt(places: ReadonlyArray<Pick<Leaf, 'stream' | 'rev'>>): Promise<Leaf[]> {
    const rows = await query<LeafRow>(
      this.#database,
      `select l.* from json_to_recordset($1::json) as p(stream text, rev bigint), lateral (
         select ${LEAF} from integrity.leaf as known where stream = p.stream and known.rev = p.rev
       ) l`,
      [JSON.stringify(places.map(({ stream, rev }) => ({ stream, rev })))],
    )
    return rows.map(leafOf)
  }

  /** The last revision that the tree has of each stream of a school. */
  async endsOf(school: SchoolSlug): Promise<Array<Pick<Leaf, 'stream' | 'rev'>>> {
    const rows = await query<{ stream: string; rev: string }>(
      this.#database,
      // The character behind the dot: streams of a school, and of no other whose slug begins alike.
      `select stream, max(rev)::text as rev from integrity.leaf
       where stream >= $1 || '.' and stream < $1 || '/' group by stream order by stream`,
      [school],
    )
    return rows.map(({ stream, rev }) => ({ stream, rev: Number(rev) }))
  }

  /**
   * The place of an event, its leaf, and the tile in which that stands, which whoever finds it mostly wants: as wide as it is
   * now; null where the tree does not have the event.
   */
  async find(event: Uuid): Promise<(Leaf & { readonly index: number; readonly tile: Buffer | null }) | null> {
    const [row] = await query<LeafRow & { idx: string; tile: string | null }>(
      this.#database,
      `select idx::text, ${LEAF}, (
         select encode(hashes, 'base64') from integrity.tile where level = 0 and tile.idx = leaf.idx / ${TILE_WIDTH}
       ) as tile from integrity.leaf where event_id = $1`,
      [event],
    )
    if (row === undefined) return null
    const tile = row.tile === null ? null : Buffer.from(row.tile, 'base64')
    return { ...leafOf(row), index: Number(row.idx), tile }
  }

  /** The places of events in the tree, by id: only of those that it has. */
  async places(events: readonly Uuid[]): Promise<Map<Uuid, number>> {
    const found = new Map<Uuid, number>()
    for (let from = 0; from < events.length; from += MANY) {
      const rows = await query<{ event: Uuid; idx: string }>(
        this.#database,
        `select event_id as event, idx::text from integrity.leaf
         where event_id in (select value::uuid from json_array_elements_text($1::json))`,
        [JSON.stringify(events.slice(from, from + MANY))],
      )
      for (const { event, idx } of rows) found.set(event, Number(idx))
    }
    return found
  }

  /** The bytes of tiles, each as wide as a tree of `size` leaves has it. @throws {Malformed} one is missing */
  async tilesAt(
    tiles: readonly Tile[],
    size: number,
  ): Promise<Array<{ readonly tile: Tile; readonly bytes: Buffer }>> {
    const found: Array<{ readonly tile: Tile; readonly bytes: Buffer }> = []
    for (let from = 0; from < tiles.length; from += MANY) {
      const some = tiles.slice(from, from + MANY)
      const bytesOf = await this.#tiles(some)
      for (const tile of some) {
        const width = widthOf(tile, size) * HASH_BYTES
        const bytes = bytesOf(tile)
        if (bytes === undefined || bytes.length < width) {
          throw new Malformed(`tile ${tile.level}/${tile.index} is missing or too short`)
        }
        found.push({ tile, bytes: bytes.subarray(0, width) })
      }
    }
    return found
  }

  /**
   * Appends leaves behind the first `size`, with the tiles that they change, all or none. Whoever comes second with
   * leaves for the same places is refused by the database.
   *
   * @param before the append of the leaves before these, while it is under way: this one is made ready meanwhile, and goes
   *   out when that one is through, or not at all
   */
  async append(
    size: number,
    leaves: readonly Leaf[],
    before: Promise<void> = Promise.resolve(),
  ): Promise<void> {
    const open = this.#next?.size === size ? this.#next.open : before.then(() => this.#lastTiles(size))
    const grows = open.then((last) => {
      const tiles = grown(last, size, leaves)
      return { tiles, open: openAmong(tiles, last) }
    })
    this.#next = { size: size + leaves.length, open: grows.then((made) => made.open) }
    // Who comes next may never ask.
    this.#next.open.catch(() => {})
    try {
      const { tiles } = await grows
      const lists = [
        leaves.map(({ stream }) => stream).join('\n'),
        leaves.map(({ rev }) => rev).join('\n'),
        leaves.map(({ event }) => event).join('\n'),
        leaves.map(({ hash }) => Buffer.from(hash).toString('base64')).join('\n'),
        JSON.stringify(tiles.map((tile) => ({ ...tile, hashes: tile.hashes.toString('base64') }))),
      ]
      await before
      await query(this.#database, APPEND, [size, ...lists])
    } catch (error) {
      // What became of a statement that fails is not known.
      this.#next = null
      throw error
    }
  }

  /** The last tile of each level of a tree of this size, cut to it. */
  async #lastTiles(size: number): Promise<TileBytes[]> {
    const wanted: Tile[] = []
    for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
      wanted.push({ level, index: Math.floor(count / TILE_WIDTH) })
    }
    const found = await this.#tiles(wanted)
    return wanted.flatMap((tile) => {
      const width = widthOf(tile, size)
      const hashes = found(tile)
      if (width === 0) return []
      if (hashes === undefined || hashes.length < width * HASH_BYTES) {
        throw new Error(`tile ${tile.level}/${tile.index} is not as wide as ${size} leaves make it`)
      }
      return [{ level: tile.level, idx: tile.index, hashes: hashes.subarray(0, width * HASH_BYTES) }]
    })
  }

  async #tiles(wanted: readonly Tile[]): Promise<(tile: Tile) => Buffer | undefined> {
    const rows = await query<{ level: number; idx: string; hashes: string }>(
      this.#database,
      // One look-up for each: the planner takes a list for a hundred, and would read the whole table for them.
      `select w.level, w.index::text as idx, t.hashes
       from json_to_recordset($1::json) as w(level smallint, index bigint), lateral (
         select encode(hashes, 'base64') as hashes from integrity.tile
         where tile.level = w.level and tile.idx = w.index limit 1
       ) t`,
      [JSON.stringify(wanted)],
    )
    const found = new Map(
      rows.map(({ level, idx, hashes }) => [`${level}/${idx}`, Buffer.from(hashes, 'base64')]),
    )
    return ({ level, index }) => found.get(`${level}/${index}`)
  }

  /** The bytes of a tile, as far as a tree of `size` leaves has it; null where it has none, or not so much. */
  async tile(tile: Tile, width: number, size: number): Promise<Buffer | null> {
    if (width > widthOf(tile, size)) return null
    const hashes = (await this.#tiles([tile]))(tile)
    return hashes === undefined || hashes.length < width * HASH_BYTES
      ? null
      : hashes.subarray(0, width * HASH_BYTES)
  }

  /** Looks up hashes of perfect subtrees, in one statement. */
  async #subtrees(parts: readonly Subtree[]): Promise<SubtreeHash> {
    return subtreesIn(await this.#tiles(tilesOf(parts)))
  }

  /** The hashes of the {@link rootParts} of the first `size` leaves. @throws {Malformed} tiles are missing */
  async edge(size: number): Promise<TreeHash[]> {
    const parts = rootParts(size)
    return parts.map(await this.#subtrees(parts))
  }

  /** That the tree of the first `to` leaves goes on from that of the first `from`. @throws {Malformed} tiles are missing */
  async consistencyProof(from: number, to: number): Promise<TreeHash[]> {
    const parts = consistencyParts(from, to)
    return proofOf(parts, await this.#subtrees(parts.flat()))
  }

  /** Publishes a checkpoint; once more, it stays as it was. @param last the position of the last event that it covers */
  async publish({ size, root, note, at }: Sealed, vkeys: readonly string[], last: Position): Promise<void> {
    await transaction(this.#database, async (together) => {
      await query(
        together,
        `insert into integrity.checkpoint (size, root, note, at) values ($1, decode($2, 'hex'), $3, $4)
         on conflict (size) do nothing`,
        [size, Buffer.from(root).toString('hex'), note, at],
      )
      await query(
        together,
        `insert into integrity.key (vkey, from_size, last_size)
         select vkey, $2::bigint, $2::bigint from json_array_elements_text($1::json) as k(vkey)
         on conflict (vkey) do update set last_size = greatest(integrity.key.last_size, excluded.last_size)`,
        [JSON.stringify(vkeys), size],
      )
      await query(
        together,
        `insert into integrity.progress (size, commit, prepare) values ($1, $2, $3)
         on conflict (single) do update
           set size = excluded.size, commit = excluded.commit, prepare = excluded.prepare`,
        [size, last.commit.toString(), last.prepare.toString()],
      )
    })
  }

  /** The newest checkpoint that so many witnesses have cosigned; null before the first. */
  async newest(witnesses = 0): Promise<Sealed | null> {
    const cosigned = `where $1 <= (select count(*) from integrity.cosignature as k where k.size = c.size)`
    const [found] = await (witnesses === 0
      ? this.#checkpoints('order by c.size desc limit 1', [])
      : this.#checkpoints(`${cosigned} order by c.size desc limit 1`, [witnesses]))
    return found ?? null
  }

  /** The newest checkpoint over so many records or fewer; null where there is none. */
  async newestWithin(size: number): Promise<Sealed | null> {
    const [found] = await this.#checkpoints('where c.size <= $1::bigint order by c.size desc limit 1', [size])
    return found ?? null
  }

  /** Keeps what a witness said of a checkpoint; once more, it stays as it was. @param line its cosignature */
  async cosign(size: number, witness: string, line: string, at: Instant): Promise<void> {
    await query(
      this.#database,
      `insert into integrity.cosignature (size, witness, line, at) values ($1, $2, $3, $4)
       on conflict (witness, size) do nothing`,
      [size, witness, line, at],
    )
  }

  /** The size of the last checkpoint that a witness has cosigned, and when; null before the first. */
  async cosigned(witness: string): Promise<{ readonly size: number; readonly at: Instant } | null> {
    const [row] = await query<{ size: string; at: Instant }>(
      this.#database,
      `select size::text, at from integrity.cosignature where witness = $1
       order by integrity.cosignature.size desc limit 1`,
      [witness],
    )
    return row === undefined ? null : { size: Number(row.size), at: row.at }
  }

  /** The checkpoints after a size, the smallest first. */
  checkpoints(after: number, count: number): Promise<Sealed[]> {
    return this.#checkpoints('where c.size > $1::bigint order by c.size limit $2', [after, count])
  }

  async #checkpoints(which: string, values: readonly unknown[]): Promise<Sealed[]> {
    const rows = await query<{ size: string; root: string; note: string; at: Instant }>(
      this.#database,
      `select c.size::text, encode(c.root, 'hex') as root, c.at, c.note || coalesce(
         (select string_agg(k.line, '' order by k.witness) from integrity.cosignature as k where k.size = c.size), ''
       ) as note from integrity.checkpoint as c ${which}`,
      values,
    )
    return rows.map(({ size, root, ...rest }) => ({
      ...rest,
      size: Number(size),
      root: Buffer.from(root, 'hex'),
    }))
  }

  /** The keys by which checkpoints were signed, with the sizes of the first and the last. Nobody trusts them for standing here. */
  async keys(): Promise<
    Array<{ readonly vkey: string; readonly fromSize: number; readonly lastSize: number }>
  > {
    const rows = await query<{ vkey: string; from: string; last: string }>(
      this.#database,
      `select vkey, from_size::text as from, coalesce(last_size, from_size)::text as last
       from integrity.key order by from_size, vkey`,
    )
    return rows.map(({ vkey, from, last }) => ({ vkey, fromSize: Number(from), lastSize: Number(last) }))
  }
}

const leafOf = ({ stream, rev, event, hash }: LeafRow): Leaf => ({
  stream,
  rev: Number(rev),
  event,
  hash: Buffer.from(hash, 'hex'),
})

/** Leaves as they came by COPY: they are compared where they stand. */
export class LeafPage {
  readonly #bytes: Buffer
  readonly #stream: Column
  readonly #rev: Column
  readonly #event: Column
  readonly #hash: Column

  /** @param copied streams, revisions, ids as text, hashes */
  constructor({ bytes, columns }: Copied) {
    this.#bytes = bytes
    ;[this.#stream, this.#rev, this.#event, this.#hash] = columns as [Column, Column, Column, Column]
  }

  get length(): number {
    return this.#hash.from.length
  }

  /** Whether leaf `i` of the page is this one. */
  isAt(i: number, { stream, rev, event, hash }: Leaf): boolean {
    const bytes = this.#bytes
    if (Number(bytes.readBigInt64BE(this.#rev.from[i])) !== rev) return false
    if (behind(bytes, this.#stream.from[i]!, stream) !== this.#stream.to[i]) return false
    if (behind(bytes, this.#event.from[i]!, event) !== this.#event.to[i]) return false
    const from = this.#hash.from[i]!
    if (this.#hash.to[i] !== from + hash.length) return false
    for (let at = 0; at < hash.length; at++) if (bytes[from + at] !== hash[at]) return false
    return true
  }
}

interface TileBytes {
  readonly level: number
  readonly idx: number
  readonly hashes: Buffer
}

/** The tiles that are not full after some were changed. @param before those that were not full before */
function openAmong(changed: readonly TileBytes[], before: readonly TileBytes[]): TileBytes[] {
  const levels = new Set(changed.map(({ level }) => level))
  return [...changed, ...before.filter(({ level }) => !levels.has(level))].filter(
    ({ hashes }) => hashes.length < TILE_WIDTH * HASH_BYTES,
  )
}

/** The tiles that more leaves change, from the last tile of each level before. */
function grown(last: readonly TileBytes[], size: number, leaves: readonly Leaf[]): TileBytes[] {
  const changed: TileBytes[] = []
  let added = leaves.map(({ hash }) => hash)
  let count = size
  for (let level = 0; added.length > 0; level++) {
    const above: TreeHash[] = []
    const open = last.find((tile) => tile.level === level)?.hashes ?? Buffer.alloc(0)
    const row = Buffer.concat([open, ...added])
    const first = Math.floor(count / TILE_WIDTH)
    const bytes = TILE_WIDTH * HASH_BYTES
    for (let at = 0; at < row.length; at += bytes) {
      const hashes = row.subarray(at, at + bytes)
      changed.push({ level, idx: first + at / bytes, hashes })
      if (hashes.length === bytes) above.push(tileRoot(hashes))
    }
    added = above
    count = first
  }
  return changed
}
