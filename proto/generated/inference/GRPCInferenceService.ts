// Original file: proto/open_inference.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ModelConfigRequestMessage as _inference_ModelConfigRequestMessage, ModelConfigRequest as _inference_ModelConfigRequest } from '../inference/ModelConfigRequest.ts';
import type { ModelConfigResponseMessage as _inference_ModelConfigResponseMessage, ModelConfigResponse as _inference_ModelConfigResponse } from '../inference/ModelConfigResponse.ts';
import type { ModelInferRequestMessage as _inference_ModelInferRequestMessage, ModelInferRequest as _inference_ModelInferRequest } from '../inference/ModelInferRequest.ts';
import type { ModelInferResponseMessage as _inference_ModelInferResponseMessage, ModelInferResponse as _inference_ModelInferResponse } from '../inference/ModelInferResponse.ts';
import type { ModelMetadataRequestMessage as _inference_ModelMetadataRequestMessage, ModelMetadataRequest as _inference_ModelMetadataRequest } from '../inference/ModelMetadataRequest.ts';
import type { ModelMetadataResponseMessage as _inference_ModelMetadataResponseMessage, ModelMetadataResponse as _inference_ModelMetadataResponse } from '../inference/ModelMetadataResponse.ts';
import type { ModelReadyRequestMessage as _inference_ModelReadyRequestMessage, ModelReadyRequest as _inference_ModelReadyRequest } from '../inference/ModelReadyRequest.ts';
import type { ModelReadyResponseMessage as _inference_ModelReadyResponseMessage, ModelReadyResponse as _inference_ModelReadyResponse } from '../inference/ModelReadyResponse.ts';
import type { RepositoryIndexRequestMessage as _inference_RepositoryIndexRequestMessage, RepositoryIndexRequest as _inference_RepositoryIndexRequest } from '../inference/RepositoryIndexRequest.ts';
import type { RepositoryIndexResponseMessage as _inference_RepositoryIndexResponseMessage, RepositoryIndexResponse as _inference_RepositoryIndexResponse } from '../inference/RepositoryIndexResponse.ts';
import type { RepositoryModelLoadRequestMessage as _inference_RepositoryModelLoadRequestMessage, RepositoryModelLoadRequest as _inference_RepositoryModelLoadRequest } from '../inference/RepositoryModelLoadRequest.ts';
import type { RepositoryModelLoadResponseMessage as _inference_RepositoryModelLoadResponseMessage, RepositoryModelLoadResponse as _inference_RepositoryModelLoadResponse } from '../inference/RepositoryModelLoadResponse.ts';
import type { RepositoryModelUnloadRequestMessage as _inference_RepositoryModelUnloadRequestMessage, RepositoryModelUnloadRequest as _inference_RepositoryModelUnloadRequest } from '../inference/RepositoryModelUnloadRequest.ts';
import type { RepositoryModelUnloadResponseMessage as _inference_RepositoryModelUnloadResponseMessage, RepositoryModelUnloadResponse as _inference_RepositoryModelUnloadResponse } from '../inference/RepositoryModelUnloadResponse.ts';
import type { ServerLiveRequestMessage as _inference_ServerLiveRequestMessage, ServerLiveRequest as _inference_ServerLiveRequest } from '../inference/ServerLiveRequest.ts';
import type { ServerLiveResponseMessage as _inference_ServerLiveResponseMessage, ServerLiveResponse as _inference_ServerLiveResponse } from '../inference/ServerLiveResponse.ts';
import type { ServerMetadataRequestMessage as _inference_ServerMetadataRequestMessage, ServerMetadataRequest as _inference_ServerMetadataRequest } from '../inference/ServerMetadataRequest.ts';
import type { ServerMetadataResponseMessage as _inference_ServerMetadataResponseMessage, ServerMetadataResponse as _inference_ServerMetadataResponse } from '../inference/ServerMetadataResponse.ts';
import type { ServerReadyRequestMessage as _inference_ServerReadyRequestMessage, ServerReadyRequest as _inference_ServerReadyRequest } from '../inference/ServerReadyRequest.ts';
import type { ServerReadyResponseMessage as _inference_ServerReadyResponseMessage, ServerReadyResponse as _inference_ServerReadyResponse } from '../inference/ServerReadyResponse.ts';

export interface GRPCInferenceServiceClient extends grpc.Client {
  /**
   * What clients of Triton ask before they infer: the metadata once more, in its words.
   */
  ModelConfig(argument: _inference_ModelConfigRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  ModelConfig(argument: _inference_ModelConfigRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  ModelConfig(argument: _inference_ModelConfigRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  ModelConfig(argument: _inference_ModelConfigRequestMessage, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  /**
   * What clients of Triton ask before they infer: the metadata once more, in its words.
   */
  modelConfig(argument: _inference_ModelConfigRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  modelConfig(argument: _inference_ModelConfigRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  modelConfig(argument: _inference_ModelConfigRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  modelConfig(argument: _inference_ModelConfigRequestMessage, callback: grpc.requestCallback<_inference_ModelConfigResponse>): grpc.ClientUnaryCall;
  
  /**
   * Tensors as the network has them: its outputs as tensors. One BYTES tensor of one element for the
   * image's input, an encoded image: what was found as tensors.
   */
  ModelInfer(argument: _inference_ModelInferRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  ModelInfer(argument: _inference_ModelInferRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  ModelInfer(argument: _inference_ModelInferRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  ModelInfer(argument: _inference_ModelInferRequestMessage, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  /**
   * Tensors as the network has them: its outputs as tensors. One BYTES tensor of one element for the
   * image's input, an encoded image: what was found as tensors.
   */
  modelInfer(argument: _inference_ModelInferRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  modelInfer(argument: _inference_ModelInferRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  modelInfer(argument: _inference_ModelInferRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  modelInfer(argument: _inference_ModelInferRequestMessage, callback: grpc.requestCallback<_inference_ModelInferResponse>): grpc.ClientUnaryCall;
  
  ModelMetadata(argument: _inference_ModelMetadataRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  ModelMetadata(argument: _inference_ModelMetadataRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  ModelMetadata(argument: _inference_ModelMetadataRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  ModelMetadata(argument: _inference_ModelMetadataRequestMessage, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  modelMetadata(argument: _inference_ModelMetadataRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  modelMetadata(argument: _inference_ModelMetadataRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  modelMetadata(argument: _inference_ModelMetadataRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  modelMetadata(argument: _inference_ModelMetadataRequestMessage, callback: grpc.requestCallback<_inference_ModelMetadataResponse>): grpc.ClientUnaryCall;
  
  ModelReady(argument: _inference_ModelReadyRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  ModelReady(argument: _inference_ModelReadyRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  ModelReady(argument: _inference_ModelReadyRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  ModelReady(argument: _inference_ModelReadyRequestMessage, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  modelReady(argument: _inference_ModelReadyRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  modelReady(argument: _inference_ModelReadyRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  modelReady(argument: _inference_ModelReadyRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  modelReady(argument: _inference_ModelReadyRequestMessage, callback: grpc.requestCallback<_inference_ModelReadyResponse>): grpc.ClientUnaryCall;
  
  RepositoryIndex(argument: _inference_RepositoryIndexRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  RepositoryIndex(argument: _inference_RepositoryIndexRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  RepositoryIndex(argument: _inference_RepositoryIndexRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  RepositoryIndex(argument: _inference_RepositoryIndexRequestMessage, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  repositoryIndex(argument: _inference_RepositoryIndexRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  repositoryIndex(argument: _inference_RepositoryIndexRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  repositoryIndex(argument: _inference_RepositoryIndexRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  repositoryIndex(argument: _inference_RepositoryIndexRequestMessage, callback: grpc.requestCallback<_inference_RepositoryIndexResponse>): grpc.ClientUnaryCall;
  
  RepositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  RepositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  RepositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  RepositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  repositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  repositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  repositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  repositoryModelLoad(argument: _inference_RepositoryModelLoadRequestMessage, callback: grpc.requestCallback<_inference_RepositoryModelLoadResponse>): grpc.ClientUnaryCall;
  
  RepositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  RepositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  RepositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  RepositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  repositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  repositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  repositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  repositoryModelUnload(argument: _inference_RepositoryModelUnloadRequestMessage, callback: grpc.requestCallback<_inference_RepositoryModelUnloadResponse>): grpc.ClientUnaryCall;
  
  ServerLive(argument: _inference_ServerLiveRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  ServerLive(argument: _inference_ServerLiveRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  ServerLive(argument: _inference_ServerLiveRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  ServerLive(argument: _inference_ServerLiveRequestMessage, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  serverLive(argument: _inference_ServerLiveRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  serverLive(argument: _inference_ServerLiveRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  serverLive(argument: _inference_ServerLiveRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  serverLive(argument: _inference_ServerLiveRequestMessage, callback: grpc.requestCallback<_inference_ServerLiveResponse>): grpc.ClientUnaryCall;
  
  ServerMetadata(argument: _inference_ServerMetadataRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  ServerMetadata(argument: _inference_ServerMetadataRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  ServerMetadata(argument: _inference_ServerMetadataRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  ServerMetadata(argument: _inference_ServerMetadataRequestMessage, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  serverMetadata(argument: _inference_ServerMetadataRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  serverMetadata(argument: _inference_ServerMetadataRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  serverMetadata(argument: _inference_ServerMetadataRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  serverMetadata(argument: _inference_ServerMetadataRequestMessage, callback: grpc.requestCallback<_inference_ServerMetadataResponse>): grpc.ClientUnaryCall;
  
  ServerReady(argument: _inference_ServerReadyRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  ServerReady(argument: _inference_ServerReadyRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  ServerReady(argument: _inference_ServerReadyRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  ServerReady(argument: _inference_ServerReadyRequestMessage, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  serverReady(argument: _inference_ServerReadyRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  serverReady(argument: _inference_ServerReadyRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  serverReady(argument: _inference_ServerReadyRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  serverReady(argument: _inference_ServerReadyRequestMessage, callback: grpc.requestCallback<_inference_ServerReadyResponse>): grpc.ClientUnaryCall;
  
}

export interface GRPCInferenceServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * What clients of Triton ask before they infer: the metadata once more, in its words.
   */
  ModelConfig: grpc.handleUnaryCall<_inference_ModelConfigRequest, _inference_ModelConfigResponseMessage>;
  
  /**
   * Tensors as the network has them: its outputs as tensors. One BYTES tensor of one element for the
   * image's input, an encoded image: what was found as tensors.
   */
  ModelInfer: grpc.handleUnaryCall<_inference_ModelInferRequest, _inference_ModelInferResponseMessage>;
  
  ModelMetadata: grpc.handleUnaryCall<_inference_ModelMetadataRequest, _inference_ModelMetadataResponseMessage>;
  
  ModelReady: grpc.handleUnaryCall<_inference_ModelReadyRequest, _inference_ModelReadyResponseMessage>;
  
  RepositoryIndex: grpc.handleUnaryCall<_inference_RepositoryIndexRequest, _inference_RepositoryIndexResponseMessage>;
  
  RepositoryModelLoad: grpc.handleUnaryCall<_inference_RepositoryModelLoadRequest, _inference_RepositoryModelLoadResponseMessage>;
  
  RepositoryModelUnload: grpc.handleUnaryCall<_inference_RepositoryModelUnloadRequest, _inference_RepositoryModelUnloadResponseMessage>;
  
  ServerLive: grpc.handleUnaryCall<_inference_ServerLiveRequest, _inference_ServerLiveResponseMessage>;
  
  ServerMetadata: grpc.handleUnaryCall<_inference_ServerMetadataRequest, _inference_ServerMetadataResponseMessage>;
  
  ServerReady: grpc.handleUnaryCall<_inference_ServerReadyRequest, _inference_ServerReadyResponseMessage>;
  
}

export interface GRPCInferenceServiceDefinition extends grpc.ServiceDefinition {
  ModelConfig: MethodDefinition<_inference_ModelConfigRequestMessage, _inference_ModelConfigResponseMessage, _inference_ModelConfigRequest, _inference_ModelConfigResponse>
  ModelInfer: MethodDefinition<_inference_ModelInferRequestMessage, _inference_ModelInferResponseMessage, _inference_ModelInferRequest, _inference_ModelInferResponse>
  ModelMetadata: MethodDefinition<_inference_ModelMetadataRequestMessage, _inference_ModelMetadataResponseMessage, _inference_ModelMetadataRequest, _inference_ModelMetadataResponse>
  ModelReady: MethodDefinition<_inference_ModelReadyRequestMessage, _inference_ModelReadyResponseMessage, _inference_ModelReadyRequest, _inference_ModelReadyResponse>
  RepositoryIndex: MethodDefinition<_inference_RepositoryIndexRequestMessage, _inference_RepositoryIndexResponseMessage, _inference_RepositoryIndexRequest, _inference_RepositoryIndexResponse>
  RepositoryModelLoad: MethodDefinition<_inference_RepositoryModelLoadRequestMessage, _inference_RepositoryModelLoadResponseMessage, _inference_RepositoryModelLoadRequest, _inference_RepositoryModelLoadResponse>
  RepositoryModelUnload: MethodDefinition<_inference_RepositoryModelUnloadRequestMessage, _inference_RepositoryModelUnloadResponseMessage, _inference_RepositoryModelUnloadRequest, _inference_RepositoryModelUnloadResponse>
  ServerLive: MethodDefinition<_inference_ServerLiveRequestMessage, _inference_ServerLiveResponseMessage, _inference_ServerLiveRequest, _inference_ServerLiveResponse>
  ServerMetadata: MethodDefinition<_inference_ServerMetadataRequestMessage, _inference_ServerMetadataResponseMessage, _inference_ServerMetadataRequest, _inference_ServerMetadataResponse>
  ServerReady: MethodDefinition<_inference_ServerReadyRequestMessage, _inference_ServerReadyResponseMessage, _inference_ServerReadyRequest, _inference_ServerReadyResponse>
}
