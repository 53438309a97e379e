// Original file: proto/smarteye.proto

export const ModelState = {
  UNLOADED: 'UNLOADED',
  LOADING: 'LOADING',
  READY: 'READY',
  FAILED: 'FAILED',
  /**
   * It ends what it was asked, and takes nothing new.
   */
  UNLOADING: 'UNLOADING',
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
  /**
   * It ends what it was asked, and takes nothing new.
   */
  | 'UNLOADING'
  | 4

export type ModelState = typeof ModelState[keyof typeof ModelState]
