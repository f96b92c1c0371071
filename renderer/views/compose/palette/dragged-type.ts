/** The kind of data that a drag from the palette carries: the type of the node to add. */
export const draggedType = 'application/x-strata-node'
