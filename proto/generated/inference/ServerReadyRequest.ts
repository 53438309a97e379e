// Original file: proto/open_inference.proto


export interface ServerReadyRequestMessage {
}

export interface ServerReadyRequest {
}
