// Original file: proto/open_inference.proto


export interface ServerReadyResponseMessage {
  'ready'?: (boolean);
}

export interface ServerReadyResponse {
  'ready': (boolean);
}
