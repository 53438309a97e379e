// Original file: proto/msg_transfer.proto


export interface Loaded_Model_Name_ReplyMessage {
  /**
   * Names with ", " between them.
   */
  'loadedModelName'?: (string);
}

export interface Loaded_Model_Name_Reply {
  /**
   * Names with ", " between them.
   */
  'loadedModelName': (string);
}
