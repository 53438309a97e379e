// Original file: proto/smarteye.proto

import type { ModelMessage as _smarteye_v1_ModelMessage, Model as _smarteye_v1_Model } from '../../smarteye/v1/Model.ts';

export interface LoadModelReplyMessage {
  'model'?: (_smarteye_v1_ModelMessage | null);
}

export interface LoadModelReply {
  'model': (_smarteye_v1_Model | null);
}
