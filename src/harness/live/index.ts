export { compareLive } from "./compare-live.ts";
export { capturedQuestions, scenarioQuestions } from "./questions.ts";
export { compareMarkdown, comparePage, compareReport } from "./report.ts";
export type { CompareReport } from "./report.ts";
