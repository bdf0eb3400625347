import { followTogether } from '/work/wt/projections/src/projections/follow-together.ts'
import { openPostgres } from '/work/wt/projections/src/main/database.ts'
import { PostgresLog } from '/work/wt/projections/src/events/store/postgres-log.ts'
import { READ_MODELS } from '/work/wt/projections/src/projections/catalogue.ts'
import { Projector } from '/work/wt/projections/src/projections/projector.ts'
import { rebuildTogether } from '/work/wt/projections/src/projections/rebuild.ts'
import { query } from '/work/wt/projections/src/events/store/sql.ts'
import { createTables } from '/work/wt/projections/src/projections/apply.ts'
import { schemaOf, tablesOf } from '/work/wt/projections/src/projections/read-model.ts'
import pg from 'pg'
import copy from 'pg-copy-streams'
import { pipeline } from 'node:stream/promises'
import { Readable, Writable } from 'node:stream'
const url = process.argv[2]!
const what = process.argv[3] ?? 'live,rebuild,bound'
const db = openPostgres(url)
const k = db.kysely
const store = await PostgresLog.open(k)
const log = {info(){},error(f:object,m:string){console.log(m,f)}}
const clock = () => new Date().toISOString() as never
import { readdirSync, readFileSync } from 'node:fs'
const name = new URL(url).pathname.slice(1)
const seen = new Map<string, number>()
const pgCpu = () => { for (const pid of readdirSync('/proc')) { if (!/^\d+$/.test(pid)) continue; try { const cmd = readFileSync(`/proc/${pid}/cmdline`,'utf8'); if (!cmd.startsWith('postgres:') || !(cmd.includes(` ${name} `) )) continue; const st = readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' '); seen.set(pid, (Number(st[11])+Number(st[12]))*10) } catch {} } return [...seen.values()].reduce((a,b)=>a+b,0) }
let c0 = 0, n0 = 0
const cpuStart = () => { c0 = pgCpu(); const u = process.cpuUsage(); n0 = (u.user+u.system)/1000 }
const cpuEnd = () => { const u = process.cpuUsage(); return ` cpu ms: node ${((u.user+u.system)/1000-n0).toFixed(0)} pg ${pgCpu()-c0}` }
const head = (await store.head())!
const n = Number(head.commit)
if (what.includes('live')) {
  await query(k, `drop schema if exists projection, ${READ_MODELS.map(schemaOf).join(', ')} cascade`)
  cpuStart(); const t = performance.now()
  const followed = process.env.ALONE ? store : followTogether(store); const ps = READ_MODELS.map(model => new Projector(model, {store: followed, database:k, clock, log}))
  for (const p of ps) await p.start()
  for (const p of ps) while(!await p.reaches(head, 10000)) if (p.failure) throw new Error(JSON.stringify(p.failure))
  const s = (performance.now()-t)/1000
  console.log('live', s.toFixed(2), 's', (n/s).toFixed(0), 'events/s', cpuEnd())
  for (const p of ps) await p.stop()
}
if (what.includes('bound')) {
  await query(k, 'drop schema if exists bound cascade')
  let total = 0, indexed = 0, cpu1 = 0, cpu2 = 0, nc1 = 0, nc2 = 0; const both = () => { const u = process.cpuUsage(); return [pgCpu(), (u.user+u.system)/1000] as const }; let bytes = 0, rows = 0
  const client = new pg.Client(url); await client.connect()
  for (const m of READ_MODELS) {
    await query(k, 'drop schema if exists bound cascade')
    await createTables(k, m, 'bound')
    for (const t of tablesOf(m)) {
      const chunks: Buffer[] = []
      await pipeline(client.query(copy.to(`copy ${schemaOf(m)}.${t.name} to stdout`)), new Writable({write(c,_,d){chunks.push(c);d()}}))
      bytes += chunks.reduce((a,c)=>a+c.length,0)
      let [a, b] = both(); let at = performance.now()
      const st = client.query(copy.from(`copy bound.${t.name} from stdin`))
      await pipeline(Readable.from(chunks), st)
      indexed += performance.now()-at; { const [c, d] = both(); cpu1 += c-a; nc1 += d-b }
      rows += st.rowCount
      const idx = (await client.query(`select indexdef from pg_indexes where schemaname='bound' and tablename='${t.name}'`)).rows
      await client.query(`create table bound.${t.name}_copy (like bound.${t.name})`)
      ;[a, b] = both(); at = performance.now()
      await pipeline(Readable.from(chunks), client.query(copy.from(`copy bound.${t.name}_copy from stdin`)))
      const c = performance.now()-at
      for (const {indexdef} of idx) await client.query(indexdef.replace(/INDEX \S+ ON bound\.(\S+)/, 'INDEX ON bound.$1_copy'))
      const all = performance.now()-at; { const [c, d] = both(); cpu2 += c-a; nc2 += d-b }
      total += all
      if (all > 100) console.log(m.name, t.name, st.rowCount, 'copy', c.toFixed(0), 'copy+index', all.toFixed(0))
    }
  }
  console.log('rows', rows, 'MB', bytes/1e6)
  console.log('bound: copy into indexed', (indexed/1000).toFixed(2), (n/indexed*1000).toFixed(0), 'events/s; copy then index', (total/1000).toFixed(2), (n/total*1000).toFixed(0), `cpu ms: indexed node ${nc1.toFixed(0)} pg ${cpu1}, after node ${nc2.toFixed(0)} pg ${cpu2}`)
  await client.query('drop schema bound cascade')
  await client.end()
}
if (what.includes('rebuild')) {
  cpuStart(); const t0 = performance.now(), t = t0
  const reps = await rebuildTogether(READ_MODELS, null, {store, database:k, clock, progress: process.env.P ? ((n,t)=>console.log(n,t,((performance.now()-t0)/1000).toFixed(1), (process.memoryUsage().rss/1e6).toFixed(0))) : undefined}); for (const r of reps) console.log(r.readModel, r.events, JSON.stringify(r.tables.map(t=>t.differing)))
  const s = (performance.now()-t)/1000
  console.log('rebuild', s.toFixed(2), 's', (n/s).toFixed(0), 'events/s', cpuEnd())
}
await db.close()
