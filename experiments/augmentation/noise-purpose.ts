/** The random stream of the pixels' noise, apart from the one that draws how strong it is. */
import { purposeHash } from '../random/counter-random.ts'

export const noisePurposeHash = purposeHash('augment/noise/pixels')
