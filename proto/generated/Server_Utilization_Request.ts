// Original file: proto/msg_transfer.proto


export interface Server_Utilization_RequestMessage {
}

export interface Server_Utilization_Request {
}
