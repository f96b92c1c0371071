/** Ids for new nodes, as people number them: `conv1`, `conv2`, `pool1`. */

const stems: Readonly<Record<string, string>> = {
  conv2d: 'conv',
  'max-pool2d': 'pool',
  'average-pool2d': 'pool',
  'batch-normalization': 'norm',
  'local-response-normalization': 'lrn',
}

export function newNodeId(type: string, taken: ReadonlySet<string>): string {
  const stem = (Object.hasOwn(stems, type) ? stems[type] : undefined) ?? type.replace(/2d$/, '')
  if ((type === 'input' || type === 'classifier') && !taken.has(stem)) return stem
  for (let i = 1; ; i++) if (!taken.has(`${stem}${i}`)) return `${stem}${i}`
}

/** An id for a copy: the next number behind the same word. */
export function copiedId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id
  const [, stem = id, digits] = /^(.*?)(\d+)$/.exec(id) ?? []
  for (let i = digits === undefined ? 2 : Number(digits) + 1; ; i++) {
    const candidate = `${stem.slice(0, 110)}${i}`
    if (!taken.has(candidate)) return candidate
  }
}
