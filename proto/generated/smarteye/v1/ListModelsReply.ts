// Original file: proto/smarteye.proto

import type { ModelMessage as _smarteye_v1_ModelMessage, Model as _smarteye_v1_Model } from '../../smarteye/v1/Model.ts';

export interface ListModelsReplyMessage {
  'models'?: (_smarteye_v1_ModelMessage)[];
}

export interface ListModelsReply {
  'models': (_smarteye_v1_Model)[];
}
