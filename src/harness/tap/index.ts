export { CAPTURE_FORMAT, captureLine } from "./capture-lines.ts";
export type { CaptureLine, MessageLine } from "./capture-lines.ts";
export { readCapture, readCaptureLines } from "./read-capture.ts";
export type { TapCapture } from "./read-capture.ts";
export { isPlaceholder } from "./redactor.ts";
export { startTap } from "./start-tap.ts";
export type { Tap } from "./start-tap.ts";
