// Original file: proto/msg_transfer.proto


export interface Loaded_Model_Name_RequestMessage {
}

export interface Loaded_Model_Name_Request {
}
