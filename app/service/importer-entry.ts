/** The process that imports images into a dataset; started by the service. */
import { runImporterProcess } from '../../main/datasets/import/importer-process.ts'

runImporterProcess()
