import { expect, test } from 'vitest'
import { fieldOfPath } from './field-of-path.ts'

test.each([
  ['train.epochs', 'epochs'],
  ['train.optimizer.momentum', 'momentum'],
  ['data.validation', 'validation'],
  ['data.dataset', 'dataset'],
  ['seed', 'seed'],
  ['network', 'network'],
  ['network.document.nodes.conv1.params.kernel', 'network'],
  ['nodes.dense3.params.units', 'network'],
  ['engine', undefined],
  ['constructor', undefined],
  ['', undefined],
] as const)('%s', (path, field) => expect(fieldOfPath(path)).toBe(field))
