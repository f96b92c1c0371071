/** Words of evaluation, ensembles and looking inside, in English. */
export const evaluation = {}
