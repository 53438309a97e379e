// Original file: proto/open_inference.proto


export interface ServerLiveRequestMessage {
}

export interface ServerLiveRequest {
}
