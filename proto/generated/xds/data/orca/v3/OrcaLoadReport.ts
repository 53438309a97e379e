// Original file: proto/orca.proto


export interface OrcaLoadReportMessage {
  /**
   * Share of the processors that was busy; more than 1 where they are overcommitted.
   */
  'cpuUtilization'?: (number | string);
  /**
   * Share of the memory that is in use.
   */
  'memUtilization'?: (number | string);
  'requestCost'?: ({[key: string]: number | string});
  'utilization'?: ({[key: string]: number | string});
  /**
   * Requests a second.
   */
  'rpsFractional'?: (number | string);
  /**
   * Of those, the ones that failed.
   */
  'eps'?: (number | string);
  'namedMetrics'?: ({[key: string]: number | string});
  /**
   * Share of what the server can carry that it carries; more than 1 where requests wait.
   */
  'applicationUtilization'?: (number | string);
}

export interface OrcaLoadReport {
  /**
   * Share of the processors that was busy; more than 1 where they are overcommitted.
   */
  'cpuUtilization': (number);
  /**
   * Share of the memory that is in use.
   */
  'memUtilization': (number);
  'requestCost': ({[key: string]: number});
  'utilization': ({[key: string]: number});
  /**
   * Requests a second.
   */
  'rpsFractional': (number);
  /**
   * Of those, the ones that failed.
   */
  'eps': (number);
  'namedMetrics': ({[key: string]: number});
  /**
   * Share of what the server can carry that it carries; more than 1 where requests wait.
   */
  'applicationUtilization': (number);
}
