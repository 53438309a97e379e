// Original file: proto/smarteye.proto


export interface LoadModelRequestMessage {
  'model'?: (string);
}

export interface LoadModelRequest {
  'model': (string);
}
