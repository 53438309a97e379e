// Original file: proto/open_inference.proto

import type { ModelRepositoryParameterMessage as _inference_ModelRepositoryParameterMessage, ModelRepositoryParameter as _inference_ModelRepositoryParameter } from '../inference/ModelRepositoryParameter.ts';

export interface RepositoryModelUnloadRequestMessage {
  'repositoryName'?: (string);
  'modelName'?: (string);
  'parameters'?: ({[key: string]: _inference_ModelRepositoryParameterMessage});
}

export interface RepositoryModelUnloadRequest {
  'repositoryName': (string);
  'modelName': (string);
  'parameters': ({[key: string]: _inference_ModelRepositoryParameter});
}
