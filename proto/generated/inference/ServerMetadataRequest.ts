// Original file: proto/open_inference.proto


export interface ServerMetadataRequestMessage {
}

export interface ServerMetadataRequest {
}
