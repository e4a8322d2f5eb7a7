import { describe, expect, it } from "vitest";

import { jobEnvironment } from "./job-environment.ts";

describe("jobEnvironment", () => {
  it("gives the ids that the platform sets", () => {
    const env = {
      DX_JOB_ID: "job-BBBBBBBBBBBBBBBBBBBBBBBB",
      DX_PROJECT_CONTEXT_ID: "project-AAAAAAAAAAAAAAAAAAAAAAAA",
      DX_WORKSPACE_ID: "container-DDDDDDDDDDDDDDDDDDDDDDDD",
    };
    expect(jobEnvironment(env)).toEqual({
      id: "job-BBBBBBBBBBBBBBBBBBBBBBBB",
      projectId: "project-AAAAAAAAAAAAAAAAAAAAAAAA",
      workspaceId: "container-DDDDDDDDDDDDDDDDDDDDDDDD",
    });
  });

  it("leaves out what is not set, and takes any id for a job's", () => {
    expect(jobEnvironment({ DX_JOB_ID: "foobar", DX_WORKSPACE_ID: "" })).toEqual({ id: "foobar" });
  });

  it.each([
    {},
    { DX_JOB_ID: "" },
    { DX_JOB_ID: " " },
    { DX_WORKSPACE_ID: "container-DDDDDDDDDDDDDDDDDDDDDDDD" },
  ])("is nothing outside a job: %j", (env) => expect(jobEnvironment(env)).toBeUndefined());
});
