/** Words of augmentation and imported datasets, in English. */
export const augmentation = {
  batches: 'Image preparation',
  native: 'native code',
  typescript: 'TypeScript',
}
