/** Where a run that is being queued will train, as far as that is decided now: any graphics card is chosen when it starts. */
import { anyGpu, processorDevice } from '../../experiments/engines/device-request.ts'
import { StudioError } from '../../experiments/errors/studio-error.ts'
import type { ExperimentSpec } from '../../experiments/spec/experiment-spec.ts'
import type { EngineSurvey } from '../engines/survey/engine-survey.ts'
import { devicesInWords, findDevices, type DevicePlace } from '../engines/survey/find-devices.ts'

type Asked = Pick<ExperimentSpec, 'engine' | 'device' | 'onDeviceLoss'>

/**
 * A device that is not here is taken all the same where the run may go to the processor for it: it may be back when its turn comes.
 * @throws StudioError `engine-unavailable` that says what there is
 */
export async function choosePlace(engines: EngineSurvey, asked: Asked): Promise<DevicePlace> {
  const { engine, device, onDeviceLoss } = asked
  if (device === undefined) return byEngine(engines, asked)
  // Nobody waits for a graphics driver who did not ask for one.
  const needsAll = engine === undefined && device !== processorDevice
  const reports = needsAll ? await engines.describe() : [await engines.reportOf(engine)]
  const found = findDevices(reports, device, engine)
  const [first] = found
  if (first) return device === anyGpu ? { engine: first.engine, device } : first
  if (onDeviceLoss === 'cpu') return { engine: engine ?? (await engines.choose(undefined)).id, device }
  const what = device === anyGpu ? 'no graphics card can be used' : `there is no device "${device}"`
  throw new StudioError('engine-unavailable', `${what}: ${devicesInWords(reports)}`, { device })
}

async function byEngine(engines: EngineSurvey, { engine, onDeviceLoss }: Asked): Promise<DevicePlace> {
  try {
    const { id, devices } = await engines.choose(engine)
    const usable = devices.filter(({ available }) => available)
    const [first] = usable
    if (!first) throw new Error(`${id} is available without a device`)
    const isOneOfSeveral = usable.length > 1 && usable.every((device) => device.id !== processorDevice)
    return { engine: id, device: isOneOfSeveral ? anyGpu : first.id }
  } catch (error) {
    const isAbsent = error instanceof StudioError && error.code === 'engine-unavailable'
    if (!isAbsent || onDeviceLoss !== 'cpu' || engine === undefined) throw error
    // An unknown engine is a mistake, not an absent one.
    await engines.reportOf(engine)
    return { engine, device: anyGpu }
  }
}
