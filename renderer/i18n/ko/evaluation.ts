/** Words of evaluation, ensembles and looking inside, in Korean. */
import type { Messages } from '../en.ts'

export const evaluation: Messages['evaluation'] = {}
