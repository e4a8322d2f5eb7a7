import { createFileRegistry, type DescService } from "@bufbuild/protobuf";
import { EmptySchema, FileDescriptorProtoSchema, file_google_protobuf_empty } from "@bufbuild/protobuf/wkt";
import { create } from "@bufbuild/protobuf";

const file = create(FileDescriptorProtoSchema, {
  name: "things.proto",
  package: "things.v1",
  syntax: "proto3",
  dependency: ["google/protobuf/empty.proto"],
  service: [
    {
      name: "ThingService",
      method: [{ name: "Get", inputType: ".google.protobuf.Empty", outputType: ".google.protobuf.Empty" }],
    },
  ],
});

/** A service with one method and nothing in its messages, as protoc would make it of a file. */
export const thingService = createFileRegistry(file, (name) =>
  name === "google/protobuf/empty.proto" ? file_google_protobuf_empty.proto : undefined,
).getService("things.v1.ThingService") as DescService & {
  readonly method: {
    readonly get: DescService["methods"][number] & {
      readonly input: typeof EmptySchema;
      readonly output: typeof EmptySchema;
      readonly methodKind: "unary";
    };
  };
};
