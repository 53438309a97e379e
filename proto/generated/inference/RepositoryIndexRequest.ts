// Original file: proto/open_inference.proto


export interface RepositoryIndexRequestMessage {
  'repositoryName'?: (string);
  /**
   * Only models that can infer now.
   */
  'ready'?: (boolean);
}

export interface RepositoryIndexRequest {
  'repositoryName': (string);
  /**
   * Only models that can infer now.
   */
  'ready': (boolean);
}
