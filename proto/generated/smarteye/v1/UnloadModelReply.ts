// Original file: proto/smarteye.proto


export interface UnloadModelReplyMessage {
}

export interface UnloadModelReply {
}
