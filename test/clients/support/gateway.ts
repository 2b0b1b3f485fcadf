import { type ModelStub, MODEL_FIXTURES, startModelStub } from "../../../src/harness/model/index.ts";
import { resolveTarget, type RunningTarget } from "../../../src/harness/target/index.ts";
import { launchReference } from "../../support/reference.ts";

/** Which gateway the clients meet: any target that we launch. The real one shows what the clients themselves do. */
export const GATEWAY = process.env["LOCKSTEP_CLIENTS_GATEWAY"] ?? "reference";

/** A gateway whose agents run on the scripted model. */
export interface Subject {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly model: ModelStub;
  readonly dispose: () => Promise<void>;
}

/** Configuration that points agents at the scripted model; `echo` unless a session chooses another. */
function modelConfig(baseUrl: string): Record<string, unknown> {
  const text = JSON.stringify(MODEL_FIXTURES.get("model:echo")?.config ?? {});
  return JSON.parse(text.replaceAll("{{model}}", baseUrl)) as Record<string, unknown>;
}

/**
 * Launches the gateway with a fresh state directory.
 * @param allowedOrigins origins of pages that may connect
 */
export async function startSubject(allowedOrigins: readonly string[] = []): Promise<Subject> {
  const model = await startModelStub();
  const config = { ...modelConfig(model.baseUrl), gateway: { controlUi: { allowedOrigins } } };
  let running: RunningTarget;
  try {
    const target = resolveTarget(GATEWAY, { launchReference });
    running = await target.launch({ config, files: new Map(), env: {} }, {});
  } catch (error) {
    await model.close();
    throw error;
  }
  return {
    url: running.url,
    port: running.port,
    token: running.token,
    model,
    dispose: async () => {
      await running.dispose();
      await model.close();
    },
  };
}
