export { learn } from "./learn.ts";
export type { Learned, LearnOptions } from "./learn.ts";
export type { Unstable } from "./align.ts";
export { mask, secretsOf } from "./secrets.ts";
export { caseOf, recordedCase, recordingFile, RECORDING_FORMAT } from "./recording.ts";
export type { Pattern, RecordedCase, RecordedStep, RecordedSymbol, RecordingFile } from "./recording.ts";
