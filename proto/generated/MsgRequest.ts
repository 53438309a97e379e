// Original file: proto/msg_transfer.proto


export interface MsgRequestMessage {
  'model'?: (string);
  /**
   * base64 of height × width × 3 bytes, BGR, row by row.
   */
  'frame'?: (string);
  /**
   * "(height, width, 3)"
   */
  'frameShape'?: (string);
}

export interface MsgRequest {
  'model': (string);
  /**
   * base64 of height × width × 3 bytes, BGR, row by row.
   */
  'frame': (string);
  /**
   * "(height, width, 3)"
   */
  'frameShape': (string);
}
