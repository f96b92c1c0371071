/** Which series are smoothed: the learning rate is set and not measured, so that it has no noise. */
export function isSmoothed(name: string): boolean {
  return name !== 'learningRate'
}
