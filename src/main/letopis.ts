import { fail } from './cli/failure.ts'
import { newProgram } from './cli/program.ts'
import { keepWasmSmall } from './small-wasm.ts'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    'Летописи нужен Node 24: запускайте «npm start» или «npx letopis …», они берут его из проекта.\n',
  )
  process.exit(2)
}

if (process.argv[2] !== 'serve') keepWasmSmall()

try {
  await newProgram().parseAsync()
} catch (error) {
  fail(error)
}
