import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Load_Specified_Model_ReplyMessage as _Load_Specified_Model_ReplyMessage, Load_Specified_Model_Reply as _Load_Specified_Model_Reply } from './Load_Specified_Model_Reply.ts';
import type { Load_Specified_Model_RequestMessage as _Load_Specified_Model_RequestMessage, Load_Specified_Model_Request as _Load_Specified_Model_Request } from './Load_Specified_Model_Request.ts';
import type { Loaded_Model_Name_ReplyMessage as _Loaded_Model_Name_ReplyMessage, Loaded_Model_Name_Reply as _Loaded_Model_Name_Reply } from './Loaded_Model_Name_Reply.ts';
import type { Loaded_Model_Name_RequestMessage as _Loaded_Model_Name_RequestMessage, Loaded_Model_Name_Request as _Loaded_Model_Name_Request } from './Loaded_Model_Name_Request.ts';
import type { MsgReplyMessage as _MsgReplyMessage, MsgReply as _MsgReply } from './MsgReply.ts';
import type { MsgRequestMessage as _MsgRequestMessage, MsgRequest as _MsgRequest } from './MsgRequest.ts';
import type { MsgTransferClient as _MsgTransferClient, MsgTransferDefinition as _MsgTransferDefinition } from './MsgTransfer.ts';
import type { Server_Utilization_ReplyMessage as _Server_Utilization_ReplyMessage, Server_Utilization_Reply as _Server_Utilization_Reply } from './Server_Utilization_Reply.ts';
import type { Server_Utilization_RequestMessage as _Server_Utilization_RequestMessage, Server_Utilization_Request as _Server_Utilization_Request } from './Server_Utilization_Request.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  Load_Specified_Model_Reply: MessageTypeDefinition<_Load_Specified_Model_ReplyMessage, _Load_Specified_Model_Reply>
  Load_Specified_Model_Request: MessageTypeDefinition<_Load_Specified_Model_RequestMessage, _Load_Specified_Model_Request>
  Loaded_Model_Name_Reply: MessageTypeDefinition<_Loaded_Model_Name_ReplyMessage, _Loaded_Model_Name_Reply>
  Loaded_Model_Name_Request: MessageTypeDefinition<_Loaded_Model_Name_RequestMessage, _Loaded_Model_Name_Request>
  MsgReply: MessageTypeDefinition<_MsgReplyMessage, _MsgReply>
  MsgRequest: MessageTypeDefinition<_MsgRequestMessage, _MsgRequest>
  MsgTransfer: SubtypeConstructor<typeof grpc.Client, _MsgTransferClient> & { service: _MsgTransferDefinition }
  Server_Utilization_Reply: MessageTypeDefinition<_Server_Utilization_ReplyMessage, _Server_Utilization_Reply>
  Server_Utilization_Request: MessageTypeDefinition<_Server_Utilization_RequestMessage, _Server_Utilization_Request>
}

