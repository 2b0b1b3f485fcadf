export { isModelFixture, MODEL_FIXTURES } from "./fixtures.ts";
export { type ModelStub, startModelStub } from "./server.ts";
