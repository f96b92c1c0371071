/** Words of augmentation and imported datasets, in Korean. */
import type { Messages } from '../en.ts'

export const augmentation: Messages['augmentation'] = {
  batches: '이미지 준비',
  native: '네이티브 코드',
  typescript: 'TypeScript',
}
