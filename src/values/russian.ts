import { z } from 'zod'

// What zod finds wrong is read by people: in a request, in the environment, on the command line.
z.config(z.locales.ru())
