// Original file: proto/open_inference.proto


export interface ServerLiveResponseMessage {
  'live'?: (boolean);
}

export interface ServerLiveResponse {
  'live': (boolean);
}
