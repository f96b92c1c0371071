/** Words of the night queue, in English. */
export const queue = {}
