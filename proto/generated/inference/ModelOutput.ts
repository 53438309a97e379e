// Original file: proto/open_inference.proto

import type { DataTypeMessage as _inference_DataTypeMessage, DataType as _inference_DataType } from '../inference/DataType.ts';
import type { Long } from '@grpc/proto-loader';

export interface ModelOutputMessage {
  'name'?: (string);
  'dataType'?: (_inference_DataTypeMessage);
  'dims'?: (number | string | Long)[];
}

export interface ModelOutput {
  'name': (string);
  'dataType': (_inference_DataType);
  'dims': (string)[];
}
