// Original file: proto/msg_transfer.proto


export interface Load_Specified_Model_RequestMessage {
  'specifiedModel'?: (string);
}

export interface Load_Specified_Model_Request {
  'specifiedModel': (string);
}
