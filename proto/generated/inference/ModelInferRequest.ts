// Original file: proto/open_inference.proto

import type { InferParameterMessage as _inference_InferParameterMessage, InferParameter as _inference_InferParameter } from '../inference/InferParameter.ts';
import type { InferTensorContentsMessage as _inference_InferTensorContentsMessage, InferTensorContents as _inference_InferTensorContents } from '../inference/InferTensorContents.ts';
import type { Long } from '@grpc/proto-loader';

export interface _inference_ModelInferRequest_InferInputTensorMessage {
  'name'?: (string);
  'datatype'?: (string);
  'shape'?: (number | string | Long)[];
  'parameters'?: ({[key: string]: _inference_InferParameterMessage});
  'contents'?: (_inference_InferTensorContentsMessage | null);
}

export interface _inference_ModelInferRequest_InferInputTensor {
  'name': (string);
  'datatype': (string);
  'shape': (string)[];
  'parameters': ({[key: string]: _inference_InferParameter});
  'contents': (_inference_InferTensorContents | null);
}

export interface _inference_ModelInferRequest_InferRequestedOutputTensorMessage {
  'name'?: (string);
  'parameters'?: ({[key: string]: _inference_InferParameterMessage});
}

export interface _inference_ModelInferRequest_InferRequestedOutputTensor {
  'name': (string);
  'parameters': ({[key: string]: _inference_InferParameter});
}

export interface ModelInferRequestMessage {
  'modelName'?: (string);
  'modelVersion'?: (string);
  'id'?: (string);
  /**
   * priority (1: before others, 2 and more: after them), timeout (microseconds), score_threshold.
   */
  'parameters'?: ({[key: string]: _inference_InferParameterMessage});
  'inputs'?: (_inference_ModelInferRequest_InferInputTensorMessage)[];
  'outputs'?: (_inference_ModelInferRequest_InferRequestedOutputTensorMessage)[];
  /**
   * One for each input, in their order; then no input has contents.
   */
  'rawInputContents'?: (Buffer | Uint8Array | string)[];
}

export interface ModelInferRequest {
  'modelName': (string);
  'modelVersion': (string);
  'id': (string);
  /**
   * priority (1: before others, 2 and more: after them), timeout (microseconds), score_threshold.
   */
  'parameters': ({[key: string]: _inference_InferParameter});
  'inputs': (_inference_ModelInferRequest_InferInputTensor)[];
  'outputs': (_inference_ModelInferRequest_InferRequestedOutputTensor)[];
  /**
   * One for each input, in their order; then no input has contents.
   */
  'rawInputContents': (Buffer)[];
}
