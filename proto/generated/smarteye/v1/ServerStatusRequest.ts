// Original file: proto/smarteye.proto


export interface ServerStatusRequestMessage {
}

export interface ServerStatusRequest {
}
