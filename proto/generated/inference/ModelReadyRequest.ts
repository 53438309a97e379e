// Original file: proto/open_inference.proto


export interface ModelReadyRequestMessage {
  'name'?: (string);
  /**
   * The newest that is ready when empty; so everywhere.
   */
  'version'?: (string);
}

export interface ModelReadyRequest {
  'name': (string);
  /**
   * The newest that is ready when empty; so everywhere.
   */
  'version': (string);
}
