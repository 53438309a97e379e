// Original file: proto/msg_transfer.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Load_Specified_Model_ReplyMessage as _Load_Specified_Model_ReplyMessage, Load_Specified_Model_Reply as _Load_Specified_Model_Reply } from './Load_Specified_Model_Reply.ts';
import type { Load_Specified_Model_RequestMessage as _Load_Specified_Model_RequestMessage, Load_Specified_Model_Request as _Load_Specified_Model_Request } from './Load_Specified_Model_Request.ts';
import type { Loaded_Model_Name_ReplyMessage as _Loaded_Model_Name_ReplyMessage, Loaded_Model_Name_Reply as _Loaded_Model_Name_Reply } from './Loaded_Model_Name_Reply.ts';
import type { Loaded_Model_Name_RequestMessage as _Loaded_Model_Name_RequestMessage, Loaded_Model_Name_Request as _Loaded_Model_Name_Request } from './Loaded_Model_Name_Request.ts';
import type { MsgReplyMessage as _MsgReplyMessage, MsgReply as _MsgReply } from './MsgReply.ts';
import type { MsgRequestMessage as _MsgRequestMessage, MsgRequest as _MsgRequest } from './MsgRequest.ts';
import type { Server_Utilization_ReplyMessage as _Server_Utilization_ReplyMessage, Server_Utilization_Reply as _Server_Utilization_Reply } from './Server_Utilization_Reply.ts';
import type { Server_Utilization_RequestMessage as _Server_Utilization_RequestMessage, Server_Utilization_Request as _Server_Utilization_Request } from './Server_Utilization_Request.ts';

export interface MsgTransferClient extends grpc.Client {
  get_loaded_models_name(argument: _Loaded_Model_Name_RequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  get_loaded_models_name(argument: _Loaded_Model_Name_RequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  get_loaded_models_name(argument: _Loaded_Model_Name_RequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  get_loaded_models_name(argument: _Loaded_Model_Name_RequestMessage, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  getLoadedModelsName(argument: _Loaded_Model_Name_RequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  getLoadedModelsName(argument: _Loaded_Model_Name_RequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  getLoadedModelsName(argument: _Loaded_Model_Name_RequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  getLoadedModelsName(argument: _Loaded_Model_Name_RequestMessage, callback: grpc.requestCallback<_Loaded_Model_Name_Reply>): grpc.ClientUnaryCall;
  
  get_server_utilization(argument: _Server_Utilization_RequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  get_server_utilization(argument: _Server_Utilization_RequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  get_server_utilization(argument: _Server_Utilization_RequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  get_server_utilization(argument: _Server_Utilization_RequestMessage, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  getServerUtilization(argument: _Server_Utilization_RequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  getServerUtilization(argument: _Server_Utilization_RequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  getServerUtilization(argument: _Server_Utilization_RequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  getServerUtilization(argument: _Server_Utilization_RequestMessage, callback: grpc.requestCallback<_Server_Utilization_Reply>): grpc.ClientUnaryCall;
  
  /**
   * Infers one frame with a loaded model.
   */
  image_processor(argument: _MsgRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  image_processor(argument: _MsgRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  image_processor(argument: _MsgRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  image_processor(argument: _MsgRequestMessage, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  /**
   * Infers one frame with a loaded model.
   */
  imageProcessor(argument: _MsgRequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  imageProcessor(argument: _MsgRequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  imageProcessor(argument: _MsgRequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  imageProcessor(argument: _MsgRequestMessage, callback: grpc.requestCallback<_MsgReply>): grpc.ClientUnaryCall;
  
  /**
   * Loads a model; returns when it can be used.
   */
  load_specified_model(argument: _Load_Specified_Model_RequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  load_specified_model(argument: _Load_Specified_Model_RequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  load_specified_model(argument: _Load_Specified_Model_RequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  load_specified_model(argument: _Load_Specified_Model_RequestMessage, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  /**
   * Loads a model; returns when it can be used.
   */
  loadSpecifiedModel(argument: _Load_Specified_Model_RequestMessage, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  loadSpecifiedModel(argument: _Load_Specified_Model_RequestMessage, metadata: grpc.Metadata, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  loadSpecifiedModel(argument: _Load_Specified_Model_RequestMessage, options: grpc.CallOptions, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  loadSpecifiedModel(argument: _Load_Specified_Model_RequestMessage, callback: grpc.requestCallback<_Load_Specified_Model_Reply>): grpc.ClientUnaryCall;
  
}

export interface MsgTransferHandlers extends grpc.UntypedServiceImplementation {
  get_loaded_models_name: grpc.handleUnaryCall<_Loaded_Model_Name_Request, _Loaded_Model_Name_ReplyMessage>;
  
  get_server_utilization: grpc.handleUnaryCall<_Server_Utilization_Request, _Server_Utilization_ReplyMessage>;
  
  /**
   * Infers one frame with a loaded model.
   */
  image_processor: grpc.handleUnaryCall<_MsgRequest, _MsgReplyMessage>;
  
  /**
   * Loads a model; returns when it can be used.
   */
  load_specified_model: grpc.handleUnaryCall<_Load_Specified_Model_Request, _Load_Specified_Model_ReplyMessage>;
  
}

export interface MsgTransferDefinition extends grpc.ServiceDefinition {
  get_loaded_models_name: MethodDefinition<_Loaded_Model_Name_RequestMessage, _Loaded_Model_Name_ReplyMessage, _Loaded_Model_Name_Request, _Loaded_Model_Name_Reply>
  get_server_utilization: MethodDefinition<_Server_Utilization_RequestMessage, _Server_Utilization_ReplyMessage, _Server_Utilization_Request, _Server_Utilization_Reply>
  image_processor: MethodDefinition<_MsgRequestMessage, _MsgReplyMessage, _MsgRequest, _MsgReply>
  load_specified_model: MethodDefinition<_Load_Specified_Model_RequestMessage, _Load_Specified_Model_ReplyMessage, _Load_Specified_Model_Request, _Load_Specified_Model_Reply>
}
