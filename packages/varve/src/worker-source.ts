/** The script of the worker that `openLog` starts. Building the package puts it here; in the sources there is none. */
export const workerSource: string | undefined = undefined
