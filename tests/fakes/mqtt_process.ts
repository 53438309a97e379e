/** A process that is connected to a broker until it is killed: `mqtt_process.ts ADDRESS`. */

import { systemClock } from "../../core/clock.ts";
import { MqttSink } from "../../edge/sink/added/mqtt/mqtt_sink.ts";

const place = { overwrite: false, what: new Set<string>(), clock: systemClock };
await MqttSink.open({ ...place, path: Deno.args[0]! });
console.log("connected");
