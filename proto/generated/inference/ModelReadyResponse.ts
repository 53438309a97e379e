// Original file: proto/open_inference.proto


export interface ModelReadyResponseMessage {
  'ready'?: (boolean);
}

export interface ModelReadyResponse {
  'ready': (boolean);
}
