// Original file: proto/smarteye.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { InferReplyMessage as _smarteye_v1_InferReplyMessage, InferReply as _smarteye_v1_InferReply } from '../../smarteye/v1/InferReply.ts';
import type { InferRequestMessage as _smarteye_v1_InferRequestMessage, InferRequest as _smarteye_v1_InferRequest } from '../../smarteye/v1/InferRequest.ts';
import type { ListModelsReplyMessage as _smarteye_v1_ListModelsReplyMessage, ListModelsReply as _smarteye_v1_ListModelsReply } from '../../smarteye/v1/ListModelsReply.ts';
import type { ListModelsRequestMessage as _smarteye_v1_ListModelsRequestMessage, ListModelsRequest as _smarteye_v1_ListModelsRequest } from '../../smarteye/v1/ListModelsRequest.ts';
import type { LoadModelReplyMessage as _smarteye_v1_LoadModelReplyMessage, LoadModelReply as _smarteye_v1_LoadModelReply } from '../../smarteye/v1/LoadModelReply.ts';
import type { LoadModelRequestMessage as _smarteye_v1_LoadModelRequestMessage, LoadModelRequest as _smarteye_v1_LoadModelRequest } from '../../smarteye/v1/LoadModelRequest.ts';
import type { ServerStatusReplyMessage as _smarteye_v1_ServerStatusReplyMessage, ServerStatusReply as _smarteye_v1_ServerStatusReply } from '../../smarteye/v1/ServerStatusReply.ts';
import type { ServerStatusRequestMessage as _smarteye_v1_ServerStatusRequestMessage, ServerStatusRequest as _smarteye_v1_ServerStatusRequest } from '../../smarteye/v1/ServerStatusRequest.ts';
import type { UnloadModelReplyMessage as _smarteye_v1_UnloadModelReplyMessage, UnloadModelReply as _smarteye_v1_UnloadModelReply } from '../../smarteye/v1/UnloadModelReply.ts';
import type { UnloadModelRequestMessage as _smarteye_v1_UnloadModelRequestMessage, UnloadModelRequest as _smarteye_v1_UnloadModelRequest } from '../../smarteye/v1/UnloadModelRequest.ts';

export interface InferenceClient extends grpc.Client {
  /**
   * Infers one image with one loaded model. The call's deadline holds on the server too: work whose
   * deadline has passed is dropped with DEADLINE_EXCEEDED.
   * INVALID_ARGUMENT    not an image, or a field is out of range
   * NOT_FOUND           no such model is loaded
   * OUT_OF_RANGE        more pixels or bytes than the server takes
   * RESOURCE_EXHAUSTED  the server's queue is full, or it could not answer within the deadline: said
   * at once. The trailer `grpc-retry-pushback-ms` (gRFC A6) holds the milliseconds
   * after which it would let the request in; without it, it never would while the
   * deadline is that short. A client that tries again by itself, earlier than
   * that or elsewhere than on another server, only makes it worse: by default
   * gRPC's do not, and those that are told to wait as long as the trailer says.
   * FAILED_PRECONDITION the model cannot infer this image
   * ABORTED             the Worker that was at it stopped: another try may help
   * UNAVAILABLE         the server is starting or draining
   */
  Infer(argument: _smarteye_v1_InferRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  Infer(argument: _smarteye_v1_InferRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  Infer(argument: _smarteye_v1_InferRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  Infer(argument: _smarteye_v1_InferRequestMessage, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  /**
   * Infers one image with one loaded model. The call's deadline holds on the server too: work whose
   * deadline has passed is dropped with DEADLINE_EXCEEDED.
   * INVALID_ARGUMENT    not an image, or a field is out of range
   * NOT_FOUND           no such model is loaded
   * OUT_OF_RANGE        more pixels or bytes than the server takes
   * RESOURCE_EXHAUSTED  the server's queue is full, or it could not answer within the deadline: said
   * at once. The trailer `grpc-retry-pushback-ms` (gRFC A6) holds the milliseconds
   * after which it would let the request in; without it, it never would while the
   * deadline is that short. A client that tries again by itself, earlier than
   * that or elsewhere than on another server, only makes it worse: by default
   * gRPC's do not, and those that are told to wait as long as the trailer says.
   * FAILED_PRECONDITION the model cannot infer this image
   * ABORTED             the Worker that was at it stopped: another try may help
   * UNAVAILABLE         the server is starting or draining
   */
  infer(argument: _smarteye_v1_InferRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  infer(argument: _smarteye_v1_InferRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  infer(argument: _smarteye_v1_InferRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  infer(argument: _smarteye_v1_InferRequestMessage, callback: grpc.requestCallback<_smarteye_v1_InferReply>): grpc.ClientUnaryCall;
  
  /**
   * Every model in the server's repository, each version for itself, loaded or not.
   */
  ListModels(argument: _smarteye_v1_ListModelsRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  ListModels(argument: _smarteye_v1_ListModelsRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  ListModels(argument: _smarteye_v1_ListModelsRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  ListModels(argument: _smarteye_v1_ListModelsRequestMessage, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  /**
   * Every model in the server's repository, each version for itself, loaded or not.
   */
  listModels(argument: _smarteye_v1_ListModelsRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  listModels(argument: _smarteye_v1_ListModelsRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  listModels(argument: _smarteye_v1_ListModelsRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  listModels(argument: _smarteye_v1_ListModelsRequestMessage, callback: grpc.requestCallback<_smarteye_v1_ListModelsReply>): grpc.ClientUnaryCall;
  
  /**
   * Loads a model; returns when it can be used. Of a loaded model whose files have changed, what they
   * say now takes over when it is ready; what was asked before ends on what there was. Where they
   * have not changed, it does nothing.
   */
  LoadModel(argument: _smarteye_v1_LoadModelRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  LoadModel(argument: _smarteye_v1_LoadModelRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  LoadModel(argument: _smarteye_v1_LoadModelRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  LoadModel(argument: _smarteye_v1_LoadModelRequestMessage, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  /**
   * Loads a model; returns when it can be used. Of a loaded model whose files have changed, what they
   * say now takes over when it is ready; what was asked before ends on what there was. Where they
   * have not changed, it does nothing.
   */
  loadModel(argument: _smarteye_v1_LoadModelRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  loadModel(argument: _smarteye_v1_LoadModelRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  loadModel(argument: _smarteye_v1_LoadModelRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  loadModel(argument: _smarteye_v1_LoadModelRequestMessage, callback: grpc.requestCallback<_smarteye_v1_LoadModelReply>): grpc.ClientUnaryCall;
  
  /**
   * The server's load and the models that it can infer with. UNAVAILABLE while it is starting.
   */
  ServerStatus(argument: _smarteye_v1_ServerStatusRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  ServerStatus(argument: _smarteye_v1_ServerStatusRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  ServerStatus(argument: _smarteye_v1_ServerStatusRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  ServerStatus(argument: _smarteye_v1_ServerStatusRequestMessage, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  /**
   * The server's load and the models that it can infer with. UNAVAILABLE while it is starting.
   */
  serverStatus(argument: _smarteye_v1_ServerStatusRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  serverStatus(argument: _smarteye_v1_ServerStatusRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  serverStatus(argument: _smarteye_v1_ServerStatusRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  serverStatus(argument: _smarteye_v1_ServerStatusRequestMessage, callback: grpc.requestCallback<_smarteye_v1_ServerStatusReply>): grpc.ClientUnaryCall;
  
  /**
   * Gives a model's memory back, when what was asked of it has ended. A name without a version means
   * every version. Unloading a model that is not loaded does nothing; of one that there is not,
   * NOT_FOUND tells.
   */
  UnloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  UnloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  UnloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  UnloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  /**
   * Gives a model's memory back, when what was asked of it has ended. A name without a version means
   * every version. Unloading a model that is not loaded does nothing; of one that there is not,
   * NOT_FOUND tells.
   */
  unloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  unloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  unloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  unloadModel(argument: _smarteye_v1_UnloadModelRequestMessage, callback: grpc.requestCallback<_smarteye_v1_UnloadModelReply>): grpc.ClientUnaryCall;
  
}

export interface InferenceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Infers one image with one loaded model. The call's deadline holds on the server too: work whose
   * deadline has passed is dropped with DEADLINE_EXCEEDED.
   * INVALID_ARGUMENT    not an image, or a field is out of range
   * NOT_FOUND           no such model is loaded
   * OUT_OF_RANGE        more pixels or bytes than the server takes
   * RESOURCE_EXHAUSTED  the server's queue is full, or it could not answer within the deadline: said
   * at once. The trailer `grpc-retry-pushback-ms` (gRFC A6) holds the milliseconds
   * after which it would let the request in; without it, it never would while the
   * deadline is that short. A client that tries again by itself, earlier than
   * that or elsewhere than on another server, only makes it worse: by default
   * gRPC's do not, and those that are told to wait as long as the trailer says.
   * FAILED_PRECONDITION the model cannot infer this image
   * ABORTED             the Worker that was at it stopped: another try may help
   * UNAVAILABLE         the server is starting or draining
   */
  Infer: grpc.handleUnaryCall<_smarteye_v1_InferRequest, _smarteye_v1_InferReplyMessage>;
  
  /**
   * Every model in the server's repository, each version for itself, loaded or not.
   */
  ListModels: grpc.handleUnaryCall<_smarteye_v1_ListModelsRequest, _smarteye_v1_ListModelsReplyMessage>;
  
  /**
   * Loads a model; returns when it can be used. Of a loaded model whose files have changed, what they
   * say now takes over when it is ready; what was asked before ends on what there was. Where they
   * have not changed, it does nothing.
   */
  LoadModel: grpc.handleUnaryCall<_smarteye_v1_LoadModelRequest, _smarteye_v1_LoadModelReplyMessage>;
  
  /**
   * The server's load and the models that it can infer with. UNAVAILABLE while it is starting.
   */
  ServerStatus: grpc.handleUnaryCall<_smarteye_v1_ServerStatusRequest, _smarteye_v1_ServerStatusReplyMessage>;
  
  /**
   * Gives a model's memory back, when what was asked of it has ended. A name without a version means
   * every version. Unloading a model that is not loaded does nothing; of one that there is not,
   * NOT_FOUND tells.
   */
  UnloadModel: grpc.handleUnaryCall<_smarteye_v1_UnloadModelRequest, _smarteye_v1_UnloadModelReplyMessage>;
  
}

export interface InferenceDefinition extends grpc.ServiceDefinition {
  Infer: MethodDefinition<_smarteye_v1_InferRequestMessage, _smarteye_v1_InferReplyMessage, _smarteye_v1_InferRequest, _smarteye_v1_InferReply>
  ListModels: MethodDefinition<_smarteye_v1_ListModelsRequestMessage, _smarteye_v1_ListModelsReplyMessage, _smarteye_v1_ListModelsRequest, _smarteye_v1_ListModelsReply>
  LoadModel: MethodDefinition<_smarteye_v1_LoadModelRequestMessage, _smarteye_v1_LoadModelReplyMessage, _smarteye_v1_LoadModelRequest, _smarteye_v1_LoadModelReply>
  ServerStatus: MethodDefinition<_smarteye_v1_ServerStatusRequestMessage, _smarteye_v1_ServerStatusReplyMessage, _smarteye_v1_ServerStatusRequest, _smarteye_v1_ServerStatusReply>
  UnloadModel: MethodDefinition<_smarteye_v1_UnloadModelRequestMessage, _smarteye_v1_UnloadModelReplyMessage, _smarteye_v1_UnloadModelRequest, _smarteye_v1_UnloadModelReply>
}
