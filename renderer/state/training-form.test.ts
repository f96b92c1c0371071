import { describe, expect, test } from 'vitest'
import { augmentationPreset } from '../../experiments/augmentation/presets.ts'
import { parseExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import { TrainingForm } from './training-form.svelte.ts'

const taken = parseExperimentSpec({
  version: 1,
  name: 'Night run',
  network: { zoo: 'lenet5' },
  data: { dataset: 'shapes', limit: 600, validation: 0.2, augment: [{ type: 'mirror' }], threads: 2 },
  train: { epochs: 7, batchSize: 32, optimizer: { type: 'sgd', momentum: 0.5 }, learningRate: 0.01 },
  seed: 9,
  engine: 'onnxruntime',
})

describe('the training form', () => {
  test('its defaults are a valid specification', () => {
    const form = new TrainingForm()
    expect(form.numberProblems.size).toBe(0)
    expect(() => parseExperimentSpec(form.spec('first'))).not.toThrow()
  })

  test('settings of a run that are taken over come back unchanged, also those that the form does not show', () => {
    const form = new TrainingForm()
    form.take(taken, {}, taken.name)
    expect(parseExperimentSpec(form.spec(taken.name))).toEqual(taken)
  })

  test('augmentation is part of the specification while there is some, and its problems land at it', () => {
    const form = new TrainingForm()
    const list = augmentationPreset('cifar', 32, false)
    form.chooseAugment(list)
    expect(parseExperimentSpec(form.spec('x')).data.augment).toEqual(list)
    form.refuse({ code: 'out-of-range', message: 'too much', details: { path: 'data.augment.0.padding' } })
    expect(form.refusedBecause('augment')).toBeDefined()
    form.chooseAugment([])
    expect(form.refusedBecause('augment')).toBeUndefined()
    expect(parseExperimentSpec(form.spec('x')).data).not.toHaveProperty('augment')
  })

  test('the network is sized for the part of the images that is asked for, while they have it', () => {
    const form = new TrainingForm()
    const images = { height: 32, width: 40, channels: 3 }
    expect(form.imageSize(images)).toEqual(images)
    form.take(parseExperimentSpec({ ...taken, data: { ...taken.data, inputSize: 28 } }), {}, taken.name)
    expect(form.imageSize(images)).toEqual({ height: 28, width: 28, channels: 3 })
    form.texts.inputSize = '24'
    expect(parseExperimentSpec(form.spec('x')).data.inputSize).toBe(24)
    form.texts.inputSize = '36'
    expect(form.imageSize(images)).toEqual(images)
    form.texts.inputSize = ''
    expect(parseExperimentSpec(form.spec('x')).data).not.toHaveProperty('inputSize')
  })

  test('emptying the number of images means all of them again', () => {
    const form = new TrainingForm()
    form.take(taken, {}, taken.name)
    form.texts.limit = ''
    expect(parseExperimentSpec(form.spec('x')).data).toMatchObject({ dataset: 'shapes', validation: 0.2 })
    expect(parseExperimentSpec(form.spec('x')).data).not.toHaveProperty('limit')
  })

  test('settings that are off while empty keep their neighbours', () => {
    const form = new TrainingForm()
    const train = {
      ...taken.train,
      labelSmoothing: 0.1,
      gradientClip: { norm: 5, value: 1 },
      earlyStopping: { metric: 'accuracy' as const, patience: 4, minDelta: 0.01 },
    }
    const full = parseExperimentSpec({ ...taken, train, checkpoints: { everySteps: 500, everyMinutes: 10 } })
    form.take(full, {}, full.name)
    expect(parseExperimentSpec(form.spec(full.name))).toEqual(full)
    form.texts.patience = '6'
    Object.assign(form.texts, { clipNorm: '', labelSmoothing: '', checkpointSteps: '' })
    const changed = parseExperimentSpec(form.spec('x'))
    expect(changed.train).toMatchObject({
      gradientClip: { value: 1 },
      earlyStopping: { metric: 'accuracy', patience: 6, minDelta: 0.01 },
    })
    expect(changed.train).not.toHaveProperty('labelSmoothing')
    expect(changed.checkpoints).toEqual({ everyMinutes: 10 })
    form.texts.patience = '0'
    expect(form.numberProblems.get('patience')).toBe('range')
  })

  test('a device and what happens without it are part of the specification; the processor needs no such word', () => {
    const form = new TrainingForm()
    const asked = parseExperimentSpec({ ...taken, engine: undefined, device: 'cuda:1', onDeviceLoss: 'cpu' })
    form.take(asked, {}, asked.name)
    expect(parseExperimentSpec(form.spec(asked.name))).toEqual(asked)
    form.chooseDevice('gpu')
    expect(parseExperimentSpec(form.spec('x'))).toMatchObject({ device: 'gpu', onDeviceLoss: 'cpu' })
    form.chooseDevice('cpu')
    expect(form.spec('x')).toMatchObject({ device: 'cpu' })
    expect(form.spec('x')).not.toHaveProperty('onDeviceLoss')
    form.chooseEngine('onnxruntime-webgpu')
    expect(form.spec('x')).not.toHaveProperty('device')
  })

  test('a reset forgets the run that was taken over', () => {
    const form = new TrainingForm()
    form.take(taken, {}, taken.name)
    form.reset()
    const spec = parseExperimentSpec(form.spec('x'))
    expect(spec.engine).toBeUndefined()
    expect(spec.seed).toBe(1)
    expect(form.copiedFrom).toBeNull()
  })

  test('a network document of a run is trained again as it was', () => {
    const form = new TrainingForm()
    const document = { format: 'strata.network', version: 1, name: 'Drawn', nodes: [], edges: [] }
    form.take({ ...taken, network: { document } }, document, taken.name)
    expect(form.spec('x')['network']).toEqual({ document })
    form.chooseNetwork('lenet5')
    expect(form.spec('x')['network']).toEqual({ zoo: 'lenet5' })
  })

  test('a refusal lands at its fields until they change; what belongs nowhere is told as a whole', () => {
    const form = new TrainingForm()
    form.refuse({
      code: 'unknown-network',
      message: 'experiment: network: there is none (and 1 more)',
      details: {
        issues: [
          { code: 'unknown-network', path: 'network', message: 'there is none' },
          { code: 'out-of-range', path: 'data.limit', message: 'too many' },
        ],
      },
    })
    expect(form.refusedBecause('network')?.message).toBe('there is none')
    expect(form.refusedBecause('limit')?.message).toBe('too many')
    expect(form.refusal).toBeNull()
    form.touch('limit')
    expect(form.refusedBecause('limit')).toBeUndefined()
    expect(form.refusedBecause('network')).toBeDefined()
    form.refuse({ code: 'disk-full', message: 'no space left', details: {} })
    expect(form.refusal?.code).toBe('disk-full')
  })

  test('an emptied field is asked for only once it was left', () => {
    const form = new TrainingForm()
    form.texts.epochs = ''
    expect(form.numberProblems.get('epochs')).toBe('required')
    expect(form.shownProblem('epochs')).toBeUndefined()
    form.leave('epochs')
    expect(form.shownProblem('epochs')).toBe('required')
  })
})
