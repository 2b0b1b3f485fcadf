/**
 * A CommonJS module to be preloaded into a Node target (`node --require`). It moves what the program takes for now by
 * LOCKSTEP_CLOCK_OFFSET_MS; timers and file times stay as they are. It is text because the build keeps only modules.
 */
export const CLOCK_SHIM = `"use strict";
const offset = Number(process.env.LOCKSTEP_CLOCK_OFFSET_MS);
if (Number.isFinite(offset) && offset !== 0) {
  const RealDate = Date;
  const realNow = RealDate.now;
  const now = () => realNow.call(RealDate) + offset;
  const Shifted = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === Shifted ? target : newTarget),
  });
  Object.defineProperty(RealDate, "now", { value: now, writable: true, configurable: true });
  Object.defineProperty(RealDate.prototype, "constructor", { value: Shifted, writable: true, configurable: true });
  globalThis.Date = Shifted;
}
`;
