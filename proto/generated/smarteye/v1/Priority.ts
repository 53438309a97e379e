// Original file: proto/smarteye.proto

export const Priority = {
  /**
   * Somebody waits for it.
   */
  INTERACTIVE: 'INTERACTIVE',
  /**
   * It takes what the others leave, a ninth of the turns at least.
   */
  BACKGROUND: 'BACKGROUND',
} as const;

export type PriorityMessage =
  /**
   * Somebody waits for it.
   */
  | 'INTERACTIVE'
  | 0
  /**
   * It takes what the others leave, a ninth of the turns at least.
   */
  | 'BACKGROUND'
  | 1

export type Priority = typeof Priority[keyof typeof Priority]
