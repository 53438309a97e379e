// Original file: proto/smarteye.proto

export const Service = {
  SERVICE_UNSPECIFIED: 'SERVICE_UNSPECIFIED',
  DETECTION: 'DETECTION',
  CLASSIFICATION: 'CLASSIFICATION',
} as const;

export type ServiceMessage =
  | 'SERVICE_UNSPECIFIED'
  | 0
  | 'DETECTION'
  | 1
  | 'CLASSIFICATION'
  | 2

export type Service = typeof Service[keyof typeof Service]
