export { connectLog, type ConnectOptions, type TypedConnectOptions } from './client/connect-log.ts'
export { ConnectedLog, type ConnectedCheckpointOptions } from './client/connected-log.ts'
export { TypedConnectedLog } from './client/typed-connected-log.ts'
export type { PortLimits } from './limits.ts'
export type { PortLike } from './port-like.ts'
export { serveLog, type LogServer, type ServeOptions } from './server/serve-log.ts'
export { hostTabs, type HostOptions, type TabsHost } from './tabs/host-tabs.ts'
export { joinTabs, type JoinedTab, type JoinOptions } from './tabs/join-tabs.ts'
export type { ChannelLike, LocksLike, TabsSeam } from './tabs/seam.ts'
export {
  openInWorker,
  type OpenInWorkerOptions,
  type TypedOpenInWorkerOptions,
  type WorkerLike,
} from './worker/open-in-worker.ts'
export { serveWorker, type ServeWorkerOptions, type WorkerScope } from './worker/serve-worker.ts'
