// Original file: proto/smarteye.proto

import type { ServiceMessage as _smarteye_v1_ServiceMessage, Service as _smarteye_v1_Service } from '../../smarteye/v1/Service.ts';
import type { RawImageMessage as _smarteye_v1_RawImageMessage, RawImage as _smarteye_v1_RawImage } from '../../smarteye/v1/RawImage.ts';
import type { PriorityMessage as _smarteye_v1_PriorityMessage, Priority as _smarteye_v1_Priority } from '../../smarteye/v1/Priority.ts';

export interface InferRequestMessage {
  /**
   * "name", which means the newest version that is ready, or "name@version".
   */
  'model'?: (string);
  /**
   * When set, a model of another service is refused.
   */
  'service'?: (_smarteye_v1_ServiceMessage);
  /**
   * A whole JPEG, PNG or WebP file.
   */
  'encoded'?: (Buffer | Uint8Array | string);
  'raw'?: (_smarteye_v1_RawImageMessage | null);
  /**
   * Least score that is reported, 0 to 1; the model's own when absent.
   */
  'scoreThreshold'?: (number | string);
  'priority'?: (_smarteye_v1_PriorityMessage);
  'image'?: "encoded"|"raw";
  '_scoreThreshold'?: "scoreThreshold";
}

export interface InferRequest {
  /**
   * "name", which means the newest version that is ready, or "name@version".
   */
  'model': (string);
  /**
   * When set, a model of another service is refused.
   */
  'service': (_smarteye_v1_Service);
  /**
   * A whole JPEG, PNG or WebP file.
   */
  'encoded'?: (Buffer);
  'raw'?: (_smarteye_v1_RawImage | null);
  /**
   * Least score that is reported, 0 to 1; the model's own when absent.
   */
  'scoreThreshold'?: (number);
  'priority': (_smarteye_v1_Priority);
  'image'?: "encoded"|"raw";
  '_scoreThreshold'?: "scoreThreshold";
}
