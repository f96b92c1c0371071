/** Words of engines and devices, in English. */
export const devices = {}
