/** Words of searching hyper-parameters, in English. */
export const sweeps = {}
