/** Words of augmentation and imported datasets, in English. */
export const augmentation = {}
