// Original file: proto/smarteye.proto

import type { MaskMessage as _smarteye_v1_MaskMessage, Mask as _smarteye_v1_Mask } from '../../smarteye/v1/Mask.ts';

export interface DetectionMessage {
  'label'?: (string);
  'classId'?: (number);
  'score'?: (number | string);
  'x1'?: (number | string);
  'y1'?: (number | string);
  'x2'?: (number | string);
  'y2'?: (number | string);
  /**
   * Which pixels are the object's; absent where the model does not tell.
   */
  'mask'?: (_smarteye_v1_MaskMessage | null);
}

export interface Detection {
  'label': (string);
  'classId': (number);
  'score': (number);
  'x1': (number);
  'y1': (number);
  'x2': (number);
  'y2': (number);
  /**
   * Which pixels are the object's; absent where the model does not tell.
   */
  'mask': (_smarteye_v1_Mask | null);
}
