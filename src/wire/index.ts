export { Connection, OpenError, openConnection } from "./connection.ts";
export type { OpenOptions, WireClose } from "./connection.ts";
export { createDevice, createDeviceKey, deviceFromPem } from "./device.ts";
export type { DeviceIdentity } from "./device.ts";
export { answerTo, eventNamed, isAnswer, isEvent, membersOf } from "./frames.ts";
export { connectParamsFor, connectTo, nonceOf, takeChallenge } from "./handshake.ts";
export type { Match, WireMessage } from "./inbox.ts";
export { sendRequest } from "./request.ts";
export type { Tampering } from "./tampering.ts";
