// Original file: proto/smarteye.proto


export interface LoadModelRequestMessage {
  /**
   * "name", which means the newest version whose weights are there, or "name@version".
   */
  'model'?: (string);
}

export interface LoadModelRequest {
  /**
   * "name", which means the newest version whose weights are there, or "name@version".
   */
  'model': (string);
}
