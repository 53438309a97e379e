// Original file: proto/msg_transfer.proto


export interface MsgReplyMessage {
  /**
   * Of a detector: the frame with its boxes drawn, as the request has it. Of a classifier: what it is.
   */
  'result'?: (string);
  /**
   * Empty for a classifier.
   */
  'frameShape'?: (string);
}

export interface MsgReply {
  /**
   * Of a detector: the frame with its boxes drawn, as the request has it. Of a classifier: what it is.
   */
  'result': (string);
  /**
   * Empty for a classifier.
   */
  'frameShape': (string);
}
