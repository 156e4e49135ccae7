// Prints, as JSON, what GitHub's own parser finds wrong with each workflow file named on the command line.
import { readFileSync } from "node:fs";
import { register } from "node:module";

// The parser imports its grammar without saying that it is JSON, which Node 20 insists on.
const hook = `export const load = (url, context, next) =>
  next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } = await import("@actions/workflow-parser");

const found = {};
for (const name of process.argv.slice(2)) {
  const { context, value } = parseWorkflow({ name, content: readFileSync(name, "utf8") }, new NoOperationTraceWriter());
  if (value !== undefined) await convertWorkflowTemplate(context, value);
  found[name] = context.errors.getErrors().map((error) => error.message);
}
console.log(JSON.stringify(found));
