import { expect, test } from "vitest";

import { checkModel } from "../../fixtures/generation-model.ts";

test(
  "whatever happens, in whatever order: the rules of a shared token hold",
  { timeout: 120_000 },
  async () => {
    await expect(checkModel({ runs: 1_000 })).resolves.toBeUndefined();
  },
);
