// Original file: proto/open_inference.proto

import type { DataTypeMessage as _inference_DataTypeMessage, DataType as _inference_DataType } from '../inference/DataType.ts';
import type { Long } from '@grpc/proto-loader';

export interface ModelInputMessage {
  'name'?: (string);
  'dataType'?: (_inference_DataTypeMessage);
  /**
   * -1 where any size will do.
   */
  'dims'?: (number | string | Long)[];
}

export interface ModelInput {
  'name': (string);
  'dataType': (_inference_DataType);
  /**
   * -1 where any size will do.
   */
  'dims': (string)[];
}
