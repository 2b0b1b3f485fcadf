export { draftScenario, TODO } from "./draft.ts";
export { isRead } from "./read-methods.ts";
export { replayCapture } from "./replay.ts";
export { replayPage, replayReport } from "./report.ts";
export type { ReplayReport } from "./report.ts";
export { createLauncher } from "./starting-place.ts";
export type { Launcher, StartingPlace } from "./starting-place.ts";
export { timelineOf } from "./timeline.ts";
