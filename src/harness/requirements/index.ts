export {
  caseCounts,
  checkRequirements,
  freezeRequirements,
  presentIds,
  readRequirements,
  renderRequirements,
  requiredLevels,
} from "./requirement-sets.ts";
export { requirementsFile } from "./schema.ts";
export type { RequirementSet } from "./schema.ts";
