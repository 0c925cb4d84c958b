import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { TaskImportError } from "../../src/errors.js";
import { discoverTasks } from "../../src/tasks/discover.js";
import { DEFINE, folder, useProject } from "../support/task-folders.js";

useProject();

describe("a failing import is one line with file and line number", () => {
  /** @type {[rule: string, files: Record<string, string>, message: string][]} */
  const broken = [
    [
      "a throw",
      { "a.js": "\nconst f = () => {\n  foo.bar();\n};\nf();" },
      "DIR/a.js:3:3: ReferenceError: foo is not defined",
    ],
    [
      "a throw behind an await",
      { "a.js": "await null;\n  null.x;" },
      "DIR/a.js:2:8: TypeError: Cannot read properties of null (reading 'x')",
    ],
    [
      "an error of several lines",
      { "a.js": 'throw new Error("one\\n  two\\n\\nthree");' },
      "DIR/a.js:1:7: Error: one two three",
    ],
    ["a value that is not an error", { "a.js": 'throw "text";' }, "DIR/a.js: thrown: text"],
    ["a syntax error", { "a.js": "\n\nconst = 3;" }, "DIR/a.js:3:7: SyntaxError: Unexpected token '='"],
    [
      "a name declared twice",
      { "a.js": "export const a = 1;\nexport const a = 2;" },
      "DIR/a.js:2:14: SyntaxError: Identifier 'a' has already been declared",
    ],
    [
      "a missing file",
      { "a.js": '\n  import x from "./nope.js";' },
      "DIR/a.js:2:17: Error: Cannot find module 'DIR/nope.js'",
    ],
    [
      "a missing package",
      { "a.js": 'import x from "nopkg/sub";' },
      "DIR/a.js:1:15: Error: Cannot find package 'nopkg'",
    ],
    [
      "a missing module of Node",
      { "a.js": 'import "node:nope";' },
      "DIR/a.js:1:8: Error: No such built-in module: node:nope",
    ],
    [
      "a missing dynamic import",
      { "a.js": 'const x = [\nawait import("./nope.js")];' },
      "DIR/a.js:2:14: Error: Cannot find module 'DIR/nope.js'",
    ],
    [
      "a missing export",
      { "a.js": '\nimport { nope } from "./_b.js";', "_b.js": "" },
      "DIR/a.js:2:10: SyntaxError: The requested module './_b.js' does not provide an export named 'nope'",
    ],
    [
      "a throw in an imported file",
      { "a.js": 'import "./_b.js";', "_b.js": 'throw new TypeError("no");' },
      "DIR/_b.js:1:7: TypeError: no (imported by DIR/a.js)",
    ],
    [
      "a syntax error in an imported file",
      { "a.js": 'import "./_b.js";', "_b.js": 'import "./_c.js";', "_c.js": "const = 1;" },
      "DIR/_c.js:1:7: SyntaxError: Unexpected token '=' (imported by DIR/a.js)",
    ],
    [
      "a missing file in an imported file",
      { "a.js": 'export * from "./_b.js";', "_b.js": 'export * from "./nope.js";' },
      "DIR/_b.js:1:15: Error: Cannot find module 'DIR/nope.js' (imported by DIR/a.js)",
    ],
    [
      "a wrong option, where task() is called",
      {
        "a.js": `import { task } from ${JSON.stringify(DEFINE)};\nexport const add =\n  task({ maxRetry: 1 }, () => 1);`,
      },
      "DIR/a.js:3:3: ImproperlyConfigured: task(): unknown option 'maxRetry'; did you mean 'maxRetries'?",
    ],
    [
      "a throw in an installed package, where it is called",
      {
        "a.js": 'import { f } from "pkg";\nf();',
        "node_modules/pkg/package.json": '{ "type": "module", "exports": "./index.js" }',
        "node_modules/pkg/index.js": 'export const f = () => { throw new RangeError("deep"); };',
      },
      "DIR/a.js:2:1: RangeError: deep",
    ],
    ["a link to nowhere", {}, "DIR/a.js: Error: Cannot find module 'DIR/a.js'"],
  ];
  for (const [rule, files, message] of broken) {
    test(rule, async () => {
      const directory = folder(files);
      if (Object.keys(files).length === 0) symlinkSync("nowhere.js", join(directory, "a.js"));
      await assert.rejects(discoverTasks(directory, { prefix: "t" }), (error) => {
        assert.ok(error instanceof TaskImportError);
        assert.equal(error.message, message.replaceAll("DIR", directory));
        assert.notEqual(error.cause, undefined);
        return true;
      });
    });
  }
});
