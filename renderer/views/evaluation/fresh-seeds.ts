/** Seeds beside those that are taken: the smallest numbers from 1 that are free, so that the same question gives the same seeds. */
export function freshSeeds(taken: ReadonlySet<number>, count: number): readonly number[] {
  const seeds: number[] = []
  for (let seed = 1; seeds.length < count; seed++) if (!taken.has(seed)) seeds.push(seed)
  return seeds
}
