// Original file: proto/smarteye.proto


export interface ListModelsRequestMessage {
}

export interface ListModelsRequest {
}
