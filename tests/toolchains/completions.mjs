/** Prints what an editor offers after `self.`, `self.request.` and in `self.retry({ })`, in the project of the current folder. */
import { resolve } from "node:path";
import ts from "typescript";

const FILE = resolve("task.ts");
const TEXT = `import { task } from "celery-js";
export const charge = task({ bind: true }, async (self, { invoice }: { invoice: string }) => {
  self./*self*/;
  self.request./*request*/;
  self.retry({ /*retry*/ });
});
`;

const read = (file) => (file === FILE ? TEXT : ts.sys.readFile(file));
const service = ts.createLanguageService({
  ...ts.sys,
  useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  getScriptFileNames: () => [FILE],
  getScriptVersion: () => "1",
  getScriptSnapshot: (file) => (read(file) === undefined ? undefined : ts.ScriptSnapshot.fromString(read(file))),
  getCurrentDirectory: () => process.cwd(),
  getCompilationSettings: () => ({ module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, strict: true }),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
});
const offered = (place) =>
  service.getCompletionsAtPosition(FILE, TEXT.indexOf(`/*${place}*/`), {})?.entries.map(({ name }) => name) ?? [];
process.stdout.write(JSON.stringify(Object.fromEntries(["self", "request", "retry"].map((at) => [at, offered(at)]))));
