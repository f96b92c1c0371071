/** Words of comparing and diffing runs, in English. */
export const compare = {}
