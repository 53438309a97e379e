import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { GRPCInferenceServiceClient as _inference_GRPCInferenceServiceClient, GRPCInferenceServiceDefinition as _inference_GRPCInferenceServiceDefinition } from './inference/GRPCInferenceService.ts';
import type { InferParameterMessage as _inference_InferParameterMessage, InferParameter as _inference_InferParameter } from './inference/InferParameter.ts';
import type { InferTensorContentsMessage as _inference_InferTensorContentsMessage, InferTensorContents as _inference_InferTensorContents } from './inference/InferTensorContents.ts';
import type { ModelConfigMessage as _inference_ModelConfigMessage, ModelConfig as _inference_ModelConfig } from './inference/ModelConfig.ts';
import type { ModelConfigRequestMessage as _inference_ModelConfigRequestMessage, ModelConfigRequest as _inference_ModelConfigRequest } from './inference/ModelConfigRequest.ts';
import type { ModelConfigResponseMessage as _inference_ModelConfigResponseMessage, ModelConfigResponse as _inference_ModelConfigResponse } from './inference/ModelConfigResponse.ts';
import type { ModelInferRequestMessage as _inference_ModelInferRequestMessage, ModelInferRequest as _inference_ModelInferRequest } from './inference/ModelInferRequest.ts';
import type { ModelInferResponseMessage as _inference_ModelInferResponseMessage, ModelInferResponse as _inference_ModelInferResponse } from './inference/ModelInferResponse.ts';
import type { ModelInputMessage as _inference_ModelInputMessage, ModelInput as _inference_ModelInput } from './inference/ModelInput.ts';
import type { ModelMetadataRequestMessage as _inference_ModelMetadataRequestMessage, ModelMetadataRequest as _inference_ModelMetadataRequest } from './inference/ModelMetadataRequest.ts';
import type { ModelMetadataResponseMessage as _inference_ModelMetadataResponseMessage, ModelMetadataResponse as _inference_ModelMetadataResponse } from './inference/ModelMetadataResponse.ts';
import type { ModelOutputMessage as _inference_ModelOutputMessage, ModelOutput as _inference_ModelOutput } from './inference/ModelOutput.ts';
import type { ModelReadyRequestMessage as _inference_ModelReadyRequestMessage, ModelReadyRequest as _inference_ModelReadyRequest } from './inference/ModelReadyRequest.ts';
import type { ModelReadyResponseMessage as _inference_ModelReadyResponseMessage, ModelReadyResponse as _inference_ModelReadyResponse } from './inference/ModelReadyResponse.ts';
import type { ModelRepositoryParameterMessage as _inference_ModelRepositoryParameterMessage, ModelRepositoryParameter as _inference_ModelRepositoryParameter } from './inference/ModelRepositoryParameter.ts';
import type { RepositoryIndexRequestMessage as _inference_RepositoryIndexRequestMessage, RepositoryIndexRequest as _inference_RepositoryIndexRequest } from './inference/RepositoryIndexRequest.ts';
import type { RepositoryIndexResponseMessage as _inference_RepositoryIndexResponseMessage, RepositoryIndexResponse as _inference_RepositoryIndexResponse } from './inference/RepositoryIndexResponse.ts';
import type { RepositoryModelLoadRequestMessage as _inference_RepositoryModelLoadRequestMessage, RepositoryModelLoadRequest as _inference_RepositoryModelLoadRequest } from './inference/RepositoryModelLoadRequest.ts';
import type { RepositoryModelLoadResponseMessage as _inference_RepositoryModelLoadResponseMessage, RepositoryModelLoadResponse as _inference_RepositoryModelLoadResponse } from './inference/RepositoryModelLoadResponse.ts';
import type { RepositoryModelUnloadRequestMessage as _inference_RepositoryModelUnloadRequestMessage, RepositoryModelUnloadRequest as _inference_RepositoryModelUnloadRequest } from './inference/RepositoryModelUnloadRequest.ts';
import type { RepositoryModelUnloadResponseMessage as _inference_RepositoryModelUnloadResponseMessage, RepositoryModelUnloadResponse as _inference_RepositoryModelUnloadResponse } from './inference/RepositoryModelUnloadResponse.ts';
import type { ServerLiveRequestMessage as _inference_ServerLiveRequestMessage, ServerLiveRequest as _inference_ServerLiveRequest } from './inference/ServerLiveRequest.ts';
import type { ServerLiveResponseMessage as _inference_ServerLiveResponseMessage, ServerLiveResponse as _inference_ServerLiveResponse } from './inference/ServerLiveResponse.ts';
import type { ServerMetadataRequestMessage as _inference_ServerMetadataRequestMessage, ServerMetadataRequest as _inference_ServerMetadataRequest } from './inference/ServerMetadataRequest.ts';
import type { ServerMetadataResponseMessage as _inference_ServerMetadataResponseMessage, ServerMetadataResponse as _inference_ServerMetadataResponse } from './inference/ServerMetadataResponse.ts';
import type { ServerReadyRequestMessage as _inference_ServerReadyRequestMessage, ServerReadyRequest as _inference_ServerReadyRequest } from './inference/ServerReadyRequest.ts';
import type { ServerReadyResponseMessage as _inference_ServerReadyResponseMessage, ServerReadyResponse as _inference_ServerReadyResponse } from './inference/ServerReadyResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  inference: {
    DataType: EnumTypeDefinition
    GRPCInferenceService: SubtypeConstructor<typeof grpc.Client, _inference_GRPCInferenceServiceClient> & { service: _inference_GRPCInferenceServiceDefinition }
    InferParameter: MessageTypeDefinition<_inference_InferParameterMessage, _inference_InferParameter>
    InferTensorContents: MessageTypeDefinition<_inference_InferTensorContentsMessage, _inference_InferTensorContents>
    ModelConfig: MessageTypeDefinition<_inference_ModelConfigMessage, _inference_ModelConfig>
    ModelConfigRequest: MessageTypeDefinition<_inference_ModelConfigRequestMessage, _inference_ModelConfigRequest>
    ModelConfigResponse: MessageTypeDefinition<_inference_ModelConfigResponseMessage, _inference_ModelConfigResponse>
    ModelInferRequest: MessageTypeDefinition<_inference_ModelInferRequestMessage, _inference_ModelInferRequest>
    ModelInferResponse: MessageTypeDefinition<_inference_ModelInferResponseMessage, _inference_ModelInferResponse>
    ModelInput: MessageTypeDefinition<_inference_ModelInputMessage, _inference_ModelInput>
    ModelMetadataRequest: MessageTypeDefinition<_inference_ModelMetadataRequestMessage, _inference_ModelMetadataRequest>
    ModelMetadataResponse: MessageTypeDefinition<_inference_ModelMetadataResponseMessage, _inference_ModelMetadataResponse>
    ModelOutput: MessageTypeDefinition<_inference_ModelOutputMessage, _inference_ModelOutput>
    ModelReadyRequest: MessageTypeDefinition<_inference_ModelReadyRequestMessage, _inference_ModelReadyRequest>
    ModelReadyResponse: MessageTypeDefinition<_inference_ModelReadyResponseMessage, _inference_ModelReadyResponse>
    ModelRepositoryParameter: MessageTypeDefinition<_inference_ModelRepositoryParameterMessage, _inference_ModelRepositoryParameter>
    RepositoryIndexRequest: MessageTypeDefinition<_inference_RepositoryIndexRequestMessage, _inference_RepositoryIndexRequest>
    RepositoryIndexResponse: MessageTypeDefinition<_inference_RepositoryIndexResponseMessage, _inference_RepositoryIndexResponse>
    RepositoryModelLoadRequest: MessageTypeDefinition<_inference_RepositoryModelLoadRequestMessage, _inference_RepositoryModelLoadRequest>
    RepositoryModelLoadResponse: MessageTypeDefinition<_inference_RepositoryModelLoadResponseMessage, _inference_RepositoryModelLoadResponse>
    RepositoryModelUnloadRequest: MessageTypeDefinition<_inference_RepositoryModelUnloadRequestMessage, _inference_RepositoryModelUnloadRequest>
    RepositoryModelUnloadResponse: MessageTypeDefinition<_inference_RepositoryModelUnloadResponseMessage, _inference_RepositoryModelUnloadResponse>
    ServerLiveRequest: MessageTypeDefinition<_inference_ServerLiveRequestMessage, _inference_ServerLiveRequest>
    ServerLiveResponse: MessageTypeDefinition<_inference_ServerLiveResponseMessage, _inference_ServerLiveResponse>
    ServerMetadataRequest: MessageTypeDefinition<_inference_ServerMetadataRequestMessage, _inference_ServerMetadataRequest>
    ServerMetadataResponse: MessageTypeDefinition<_inference_ServerMetadataResponseMessage, _inference_ServerMetadataResponse>
    ServerReadyRequest: MessageTypeDefinition<_inference_ServerReadyRequestMessage, _inference_ServerReadyRequest>
    ServerReadyResponse: MessageTypeDefinition<_inference_ServerReadyResponseMessage, _inference_ServerReadyResponse>
  }
}

