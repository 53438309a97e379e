// Original file: proto/open_inference.proto

import type { InferParameterMessage as _inference_InferParameterMessage, InferParameter as _inference_InferParameter } from '../inference/InferParameter.ts';
import type { InferTensorContentsMessage as _inference_InferTensorContentsMessage, InferTensorContents as _inference_InferTensorContents } from '../inference/InferTensorContents.ts';
import type { Long } from '@grpc/proto-loader';

export interface _inference_ModelInferResponse_InferOutputTensorMessage {
  'name'?: (string);
  'datatype'?: (string);
  'shape'?: (number | string | Long)[];
  'parameters'?: ({[key: string]: _inference_InferParameterMessage});
  'contents'?: (_inference_InferTensorContentsMessage | null);
}

export interface _inference_ModelInferResponse_InferOutputTensor {
  'name': (string);
  'datatype': (string);
  'shape': (string)[];
  'parameters': ({[key: string]: _inference_InferParameter});
  'contents': (_inference_InferTensorContents | null);
}

export interface ModelInferResponseMessage {
  'modelName'?: (string);
  'modelVersion'?: (string);
  'id'?: (string);
  'parameters'?: ({[key: string]: _inference_InferParameterMessage});
  'outputs'?: (_inference_ModelInferResponse_InferOutputTensorMessage)[];
  /**
   * One for each output, in their order.
   */
  'rawOutputContents'?: (Buffer | Uint8Array | string)[];
}

export interface ModelInferResponse {
  'modelName': (string);
  'modelVersion': (string);
  'id': (string);
  'parameters': ({[key: string]: _inference_InferParameter});
  'outputs': (_inference_ModelInferResponse_InferOutputTensor)[];
  /**
   * One for each output, in their order.
   */
  'rawOutputContents': (Buffer)[];
}
