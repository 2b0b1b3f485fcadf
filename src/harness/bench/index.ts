export { compareWithBaseline, type BaselineVerdict } from "./baseline.ts";
export { benchTarget } from "./bench-target.ts";
export { benchFile, type BenchFile } from "./format.ts";
export { renderBench } from "./markdown.ts";
export { BENCH_METHODS, type BenchMethod } from "./methods.ts";
export { runBench } from "./run-bench.ts";
