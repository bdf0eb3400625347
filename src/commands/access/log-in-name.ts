import { z } from 'zod'

export const LogInName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{3,64}$/, 'three to 64 Latin letters, digits, dots, dashes and underscores')

export const Password = z.string().min(10).max(200)
