// Original file: proto/open_inference.proto


export interface ModelConfigRequestMessage {
  'name'?: (string);
  'version'?: (string);
}

export interface ModelConfigRequest {
  'name': (string);
  'version': (string);
}
