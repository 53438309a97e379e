// Original file: proto/smarteye.proto


export interface UnloadModelRequestMessage {
  'model'?: (string);
}

export interface UnloadModelRequest {
  'model': (string);
}
