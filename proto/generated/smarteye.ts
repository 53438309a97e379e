import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ClassificationMessage as _smarteye_v1_ClassificationMessage, Classification as _smarteye_v1_Classification } from './smarteye/v1/Classification.ts';
import type { DetectionMessage as _smarteye_v1_DetectionMessage, Detection as _smarteye_v1_Detection } from './smarteye/v1/Detection.ts';
import type { InferReplyMessage as _smarteye_v1_InferReplyMessage, InferReply as _smarteye_v1_InferReply } from './smarteye/v1/InferReply.ts';
import type { InferRequestMessage as _smarteye_v1_InferRequestMessage, InferRequest as _smarteye_v1_InferRequest } from './smarteye/v1/InferRequest.ts';
import type { InferenceClient as _smarteye_v1_InferenceClient, InferenceDefinition as _smarteye_v1_InferenceDefinition } from './smarteye/v1/Inference.ts';
import type { ListModelsReplyMessage as _smarteye_v1_ListModelsReplyMessage, ListModelsReply as _smarteye_v1_ListModelsReply } from './smarteye/v1/ListModelsReply.ts';
import type { ListModelsRequestMessage as _smarteye_v1_ListModelsRequestMessage, ListModelsRequest as _smarteye_v1_ListModelsRequest } from './smarteye/v1/ListModelsRequest.ts';
import type { LoadMessage as _smarteye_v1_LoadMessage, Load as _smarteye_v1_Load } from './smarteye/v1/Load.ts';
import type { LoadModelReplyMessage as _smarteye_v1_LoadModelReplyMessage, LoadModelReply as _smarteye_v1_LoadModelReply } from './smarteye/v1/LoadModelReply.ts';
import type { LoadModelRequestMessage as _smarteye_v1_LoadModelRequestMessage, LoadModelRequest as _smarteye_v1_LoadModelRequest } from './smarteye/v1/LoadModelRequest.ts';
import type { MaskMessage as _smarteye_v1_MaskMessage, Mask as _smarteye_v1_Mask } from './smarteye/v1/Mask.ts';
import type { ModelMessage as _smarteye_v1_ModelMessage, Model as _smarteye_v1_Model } from './smarteye/v1/Model.ts';
import type { RawImageMessage as _smarteye_v1_RawImageMessage, RawImage as _smarteye_v1_RawImage } from './smarteye/v1/RawImage.ts';
import type { ServerStatusReplyMessage as _smarteye_v1_ServerStatusReplyMessage, ServerStatusReply as _smarteye_v1_ServerStatusReply } from './smarteye/v1/ServerStatusReply.ts';
import type { ServerStatusRequestMessage as _smarteye_v1_ServerStatusRequestMessage, ServerStatusRequest as _smarteye_v1_ServerStatusRequest } from './smarteye/v1/ServerStatusRequest.ts';
import type { TimingsMessage as _smarteye_v1_TimingsMessage, Timings as _smarteye_v1_Timings } from './smarteye/v1/Timings.ts';
import type { UnloadModelReplyMessage as _smarteye_v1_UnloadModelReplyMessage, UnloadModelReply as _smarteye_v1_UnloadModelReply } from './smarteye/v1/UnloadModelReply.ts';
import type { UnloadModelRequestMessage as _smarteye_v1_UnloadModelRequestMessage, UnloadModelRequest as _smarteye_v1_UnloadModelRequest } from './smarteye/v1/UnloadModelRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  smarteye: {
    v1: {
      Classification: MessageTypeDefinition<_smarteye_v1_ClassificationMessage, _smarteye_v1_Classification>
      Detection: MessageTypeDefinition<_smarteye_v1_DetectionMessage, _smarteye_v1_Detection>
      InferReply: MessageTypeDefinition<_smarteye_v1_InferReplyMessage, _smarteye_v1_InferReply>
      InferRequest: MessageTypeDefinition<_smarteye_v1_InferRequestMessage, _smarteye_v1_InferRequest>
      Inference: SubtypeConstructor<typeof grpc.Client, _smarteye_v1_InferenceClient> & { service: _smarteye_v1_InferenceDefinition }
      ListModelsReply: MessageTypeDefinition<_smarteye_v1_ListModelsReplyMessage, _smarteye_v1_ListModelsReply>
      ListModelsRequest: MessageTypeDefinition<_smarteye_v1_ListModelsRequestMessage, _smarteye_v1_ListModelsRequest>
      Load: MessageTypeDefinition<_smarteye_v1_LoadMessage, _smarteye_v1_Load>
      LoadModelReply: MessageTypeDefinition<_smarteye_v1_LoadModelReplyMessage, _smarteye_v1_LoadModelReply>
      LoadModelRequest: MessageTypeDefinition<_smarteye_v1_LoadModelRequestMessage, _smarteye_v1_LoadModelRequest>
      Mask: MessageTypeDefinition<_smarteye_v1_MaskMessage, _smarteye_v1_Mask>
      Model: MessageTypeDefinition<_smarteye_v1_ModelMessage, _smarteye_v1_Model>
      ModelState: EnumTypeDefinition
      Priority: EnumTypeDefinition
      RawImage: MessageTypeDefinition<_smarteye_v1_RawImageMessage, _smarteye_v1_RawImage>
      ServerStatusReply: MessageTypeDefinition<_smarteye_v1_ServerStatusReplyMessage, _smarteye_v1_ServerStatusReply>
      ServerStatusRequest: MessageTypeDefinition<_smarteye_v1_ServerStatusRequestMessage, _smarteye_v1_ServerStatusRequest>
      Service: EnumTypeDefinition
      Timings: MessageTypeDefinition<_smarteye_v1_TimingsMessage, _smarteye_v1_Timings>
      UnloadModelReply: MessageTypeDefinition<_smarteye_v1_UnloadModelReplyMessage, _smarteye_v1_UnloadModelReply>
      UnloadModelRequest: MessageTypeDefinition<_smarteye_v1_UnloadModelRequestMessage, _smarteye_v1_UnloadModelRequest>
    }
  }
}

