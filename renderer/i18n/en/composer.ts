/** Words of the canvas on which networks are drawn, in English. */
export const composer = {}
