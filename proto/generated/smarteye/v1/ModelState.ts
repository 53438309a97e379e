// Original file: proto/smarteye.proto

export const ModelState = {
  UNLOADED: 'UNLOADED',
  LOADING: 'LOADING',
  READY: 'READY',
  FAILED: 'FAILED',
} as const;

export type ModelStateMessage =
  | 'UNLOADED'
  | 0
  | 'LOADING'
  | 1
  | 'READY'
  | 2
  | 'FAILED'
  | 3

export type ModelState = typeof ModelState[keyof typeof ModelState]
