// Original file: proto/open_inference.proto


export interface _inference_RepositoryIndexResponse_ModelIndexMessage {
  'name'?: (string);
  'version'?: (string);
  'state'?: (string);
  'reason'?: (string);
}

export interface _inference_RepositoryIndexResponse_ModelIndex {
  'name': (string);
  'version': (string);
  'state': (string);
  'reason': (string);
}

export interface RepositoryIndexResponseMessage {
  'models'?: (_inference_RepositoryIndexResponse_ModelIndexMessage)[];
}

export interface RepositoryIndexResponse {
  'models': (_inference_RepositoryIndexResponse_ModelIndex)[];
}
