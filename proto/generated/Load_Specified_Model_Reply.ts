// Original file: proto/msg_transfer.proto


export interface Load_Specified_Model_ReplyMessage {
}

export interface Load_Specified_Model_Reply {
}
