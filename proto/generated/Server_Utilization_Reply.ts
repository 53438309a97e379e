// Original file: proto/msg_transfer.proto


export interface Server_Utilization_ReplyMessage {
  /**
   * Percent.
   */
  'cpuUsage'?: (number | string);
  /**
   * Percent.
   */
  'memoryUsage'?: (number | string);
}

export interface Server_Utilization_Reply {
  /**
   * Percent.
   */
  'cpuUsage': (number);
  /**
   * Percent.
   */
  'memoryUsage': (number);
}
