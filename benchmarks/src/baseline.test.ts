import { expect, it } from "vitest";

import { compareWithBaseline } from "./baseline.ts";
import { atMost, told } from "./row.ts";

const before = { "a call: bytes": 16, "a copy: bytes": 120, "a Request: bytes": 800 };

it("says plainly that nothing became worse", () => {
  const rows = [atMost("a call: bytes", 16, { budget: 96 }), told("a Request: bytes", 800)];
  expect(compareWithBaseline(rows, before)).toEqual({
    rows,
    summary: "Nothing that is counted became worse.",
  });
});

it("says what became worse and what better, within the budget too", () => {
  const rows = [atMost("a call: bytes", 24, { budget: 96 }), told("a Request: bytes", 700)];
  expect(compareWithBaseline(rows, before)).toEqual({
    rows,
    summary: [
      "This became worse:",
      "  a call: bytes: 16 → 24",
      "This became better (`npm run bench -- --baseline` keeps it):",
      "  a Request: bytes: 800 → 700",
    ].join("\n"),
  });
});

it("fails what is over its budget and has grown, or is new, and not what was over before", () => {
  const verdicts = [120, 121, 119].map(
    (count) => compareWithBaseline([atMost("a copy: bytes", count, { budget: 96 })], before).rows[0]?.verdict,
  );
  expect(verdicts).toEqual(["over", "fails", "over"]);
  expect(compareWithBaseline([atMost("new: bytes", 97, { budget: 96 })], before).rows[0]?.verdict).toBe(
    "fails",
  );
});

it("leaves times out, which have a limit of their own", () => {
  const rows = [atMost("a call: bytes", 3, { budget: 1, limit: 4, shown: "3 (2 to 4)" })];
  expect(compareWithBaseline(rows, before).summary).toBe("Nothing that is counted became worse.");
  expect(atMost("x", 5, { budget: 1, limit: 4 }).verdict).toBe("fails");
});
