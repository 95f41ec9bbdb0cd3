// `pnpm playground`: serves the page that was built, on loopback, until it is interrupted.
import { resolve } from 'node:path'
import { serve } from './serve.ts'

const { origin } = await serve(resolve(import.meta.dirname, '../dist'), Number(process.env.PORT ?? 5173))
console.log(`The playground is at ${origin}; end it with Ctrl-C.`)
