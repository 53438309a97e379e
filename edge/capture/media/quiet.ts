/**
 * Has FFmpeg print nothing: what fails is told by the codes that its functions return, and said once,
 * in our words. Its log is not listened to: node-av's callback is not safe while several threads of
 * FFmpeg's log at once, and ends the program.
 */

import { Log } from "node-av";
import { AV_LOG_QUIET } from "node-av/constants";

Log.setLevel(AV_LOG_QUIET);
