import { expect, it } from "vitest";

import { type DocumentedBlock, documentedBlocks, promisedOutput } from "./documented-block.ts";

it("reads the fences", () => {
  const read = (text: string): DocumentedBlock[] => documentedBlocks("a.md", text);
  expect(read("# A\n\n```ts\n1;\n```\n\n## B\n\n- item\n\n  ```ts no-run: why\n  2;\n  ```\n")).toEqual([
    { file: "a.md", heading: "A", line: 4, code: "1;" },
    { file: "a.md", heading: "B", line: 12, code: "2;", notRun: "why" },
  ]);
  expect(read("```sh\n# no heading\n```")).toEqual([]);
  expect(() => read("```js\n```")).toThrow("a.md:1: call this language ts");
  expect(() => read("```ts run\n```")).toThrow('a.md:1: write "ts" or "ts no-run: why"');
  expect(() => read("```\n```")).toThrow("a.md:1: say which language this is");
  expect(() => read("```ts\n")).toThrow("a.md:1: this block does not end");
});

it("reads what a program says that it prints", () => {
  const code =
    'console.log(1); // 1\n// aside\nconsole.log("a\\nb");\n// a\n// b\n\n// aside\nrun(() => console.log(2)); // 2';
  expect(promisedOutput(code)).toEqual(["1", "a", "b", "2"]);
});
