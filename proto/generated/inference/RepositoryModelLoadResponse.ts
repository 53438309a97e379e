// Original file: proto/open_inference.proto


export interface RepositoryModelLoadResponseMessage {
}

export interface RepositoryModelLoadResponse {
}
