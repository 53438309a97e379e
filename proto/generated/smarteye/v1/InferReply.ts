// Original file: proto/smarteye.proto

import type { DetectionMessage as _smarteye_v1_DetectionMessage, Detection as _smarteye_v1_Detection } from '../../smarteye/v1/Detection.ts';
import type { ClassificationMessage as _smarteye_v1_ClassificationMessage, Classification as _smarteye_v1_Classification } from '../../smarteye/v1/Classification.ts';
import type { ServiceMessage as _smarteye_v1_ServiceMessage, Service as _smarteye_v1_Service } from '../../smarteye/v1/Service.ts';
import type { TimingsMessage as _smarteye_v1_TimingsMessage, Timings as _smarteye_v1_Timings } from '../../smarteye/v1/Timings.ts';
import type { LoadMessage as _smarteye_v1_LoadMessage, Load as _smarteye_v1_Load } from '../../smarteye/v1/Load.ts';

export interface InferReplyMessage {
  'model'?: (string);
  /**
   * Size of the image that was sent, in pixels: boxes are in this frame.
   */
  'width'?: (number);
  'height'?: (number);
  'detections'?: (_smarteye_v1_DetectionMessage)[];
  'classifications'?: (_smarteye_v1_ClassificationMessage)[];
  'service'?: (_smarteye_v1_ServiceMessage);
  'timingsMs'?: (_smarteye_v1_TimingsMessage | null);
  'load'?: (_smarteye_v1_LoadMessage | null);
}

export interface InferReply {
  'model': (string);
  /**
   * Size of the image that was sent, in pixels: boxes are in this frame.
   */
  'width': (number);
  'height': (number);
  'detections': (_smarteye_v1_Detection)[];
  'classifications': (_smarteye_v1_Classification)[];
  'service': (_smarteye_v1_Service);
  'timingsMs': (_smarteye_v1_Timings | null);
  'load': (_smarteye_v1_Load | null);
}
