// Original file: proto/open_inference.proto


export interface ModelMetadataRequestMessage {
  'name'?: (string);
  'version'?: (string);
}

export interface ModelMetadataRequest {
  'name': (string);
  'version': (string);
}
