// Original file: proto/smarteye.proto


export interface LoadMessage {
  /**
   * Shares of the machine, 0 to 1.
   */
  'cpuUtilization'?: (number | string);
  'memoryUtilization'?: (number | string);
  'queueLength'?: (number);
  'running'?: (number);
  'workers'?: (number);
}

export interface Load {
  /**
   * Shares of the machine, 0 to 1.
   */
  'cpuUtilization': (number);
  'memoryUtilization': (number);
  'queueLength': (number);
  'running': (number);
  'workers': (number);
}
