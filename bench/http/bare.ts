/** `bare.ts <answer>`: Fastify with one route and nothing else. */
import Fastify from 'fastify'

const answer: unknown = JSON.parse(process.argv[2]!)
const app = Fastify()
app.get('/', () => answer)
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
