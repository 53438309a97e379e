// Original file: proto/open_inference.proto


export interface ServerMetadataResponseMessage {
  'name'?: (string);
  'version'?: (string);
  'extensions'?: (string)[];
}

export interface ServerMetadataResponse {
  'name': (string);
  'version': (string);
  'extensions': (string)[];
}
