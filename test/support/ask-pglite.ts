import { query } from '#events/store/sql.ts'
import { openInMemory } from '#main/database.ts'
import { keepWasmSmall } from '#main/small-wasm.ts'

// Asks a PGlite often enough for its code to be worth compiling anew.
if (process.argv[2] === 'small') keepWasmSmall()
const database = await openInMemory()
for (let n = 0; n < 300; n++) await query(database.kysely, `select ${n}`)
await database.close()
