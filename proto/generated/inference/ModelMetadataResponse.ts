// Original file: proto/open_inference.proto

import type { Long } from '@grpc/proto-loader';

export interface _inference_ModelMetadataResponse_TensorMetadataMessage {
  'name'?: (string);
  'datatype'?: (string);
  /**
   * -1 where any size will do.
   */
  'shape'?: (number | string | Long)[];
}

export interface _inference_ModelMetadataResponse_TensorMetadata {
  'name': (string);
  'datatype': (string);
  /**
   * -1 where any size will do.
   */
  'shape': (string)[];
}

export interface ModelMetadataResponseMessage {
  'name'?: (string);
  'versions'?: (string)[];
  'platform'?: (string);
  'inputs'?: (_inference_ModelMetadataResponse_TensorMetadataMessage)[];
  'outputs'?: (_inference_ModelMetadataResponse_TensorMetadataMessage)[];
}

export interface ModelMetadataResponse {
  'name': (string);
  'versions': (string)[];
  'platform': (string);
  'inputs': (_inference_ModelMetadataResponse_TensorMetadata)[];
  'outputs': (_inference_ModelMetadataResponse_TensorMetadata)[];
}
