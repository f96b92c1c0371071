/** The devices that jobs may be given, as they were seen the last time. Nobody looks before the first job asks for a graphics card. */
import { anyGpu } from '../../../experiments/engines/device-request.ts'
import type { EngineSurvey } from '../../engines/survey/engine-survey.ts'
import { devicesInWords, findDevices, type DevicePlace } from '../../engines/survey/find-devices.ts'

export class GraphicsCards {
  private readonly engines: Pick<EngineSurvey, 'describe' | 'latest'>
  private readonly onSeen: () => void
  private isLooking = false

  /** @param onSeen called when it is known what there is, after it was not */
  constructor(engines: Pick<EngineSurvey, 'describe' | 'latest'>, onSeen: () => void) {
    this.engines = engines
    this.onSeen = onSeen
  }

  /** Undefined while they are looked for; empty where none will do. */
  find(device: string, engine: string | undefined): readonly DevicePlace[] | undefined {
    const { latest } = this.engines
    if (latest === undefined) this.look()
    return latest && findDevices(latest, device, engine)
  }

  /** Ids of all that any job could be given. */
  get any(): readonly string[] {
    return findDevices(this.engines.latest ?? [], anyGpu, undefined).map(({ device }) => device)
  }

  /** What there is, and why other engines are absent. */
  get inWords(): string {
    return devicesInWords(this.engines.latest ?? [])
  }

  private look(): void {
    if (this.isLooking) return
    this.isLooking = true
    void this.engines.describe().finally(() => {
      this.isLooking = false
      this.onSeen()
    })
  }
}
