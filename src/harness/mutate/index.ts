export { mutateSuite } from "./mutate-suite.ts";
export { mutationReport, mutationReportOf, type MutationReport } from "./report.ts";
