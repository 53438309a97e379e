// Original file: proto/open_inference.proto


export interface RepositoryModelUnloadResponseMessage {
}

export interface RepositoryModelUnloadResponse {
}
