/** Messages that are too large end with the status that our errors of size have. */

import { ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";

/**
 * grpc-js ends a call whose message is over the limit with `RESOURCE_EXHAUSTED`, which means that
 * another try may help. It does so beneath all interceptors: so the call's own way to end is wrapped.
 *
 * @ignore Its type is grpc-js's: for the server's files alone.
 */
export const sizeStatus: ServerInterceptor = (_method, call) => {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (ended) => {
    const isSize = ended.code === status.RESOURCE_EXHAUSTED &&
      /larger than/.test(ended.details ?? "");
    send(isSize ? { ...ended, code: status.OUT_OF_RANGE } : ended);
  };
  return new ServerInterceptingCall(call);
};
