// Clients that do not speak HTTP requests and answers: each in a test of its own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { type Auth, defineProvider, found, fromValue } from "@auth/core";
import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { Server as SocketServer } from "socket.io";
import { expect, it, onTestFinished } from "vitest";

import { callCredentialsWith } from "../grpc.ts";
import { send as sendByAuthProvider } from "../mcp-auth-provider.ts";
import { send as sendBySocket } from "../socket-io.ts";
import { startWorld, tokens } from "./world.ts";

const token = "first-token-of-the-matrix";

function authAt(baseUrl: string): Auth {
  return defineProvider({
    specVersion: 1,
    id: "matrix",
    name: "The matrix",
    setup: () => ({
      baseUrl,
      sources: [fromValue(token, "the matrix")],
      verify: { path: "/me", identify: () => undefined },
    }),
  })();
}

it("grpc-js sends the token to the address of the auth, and none to another", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "auth-clients-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const made = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=localhost",
  ];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      ...made,
      "-keyout",
      "key.pem",
      "-out",
      "cert.pem",
      "-addext",
      "subjectAltName=DNS:localhost",
    ],
    { cwd: folder, stdio: "pipe" },
  );
  const [key, cert] = [
    readFileSync(path.join(folder, "key.pem")),
    readFileSync(path.join(folder, "cert.pem")),
  ];

  const heard: unknown[] = [];
  const same = (bytes: Buffer): Buffer => bytes;
  const server = new Server();
  server.addService(
    {
      get: {
        path: "/things.v1.Things/Get",
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    },
    {
      get: (
        call: { metadata: { get(name: string): unknown[] } },
        answer: (error: null, bytes: Buffer) => void,
      ) => {
        heard.push(...call.metadata.get("authorization"), "asked");
        answer(null, Buffer.alloc(0));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(
      "127.0.0.1:0",
      ServerCredentials.createSsl(null, [{ private_key: key, cert_chain: cert }]),
      (error, bound) => (error === null ? resolve(bound) : reject(error)),
    ),
  );
  onTestFinished(() => server.forceShutdown());

  const call = async (auth: Auth): Promise<void> => {
    const channel = credentials.combineChannelCredentials(
      credentials.createSsl(cert),
      callCredentialsWith(auth),
    );
    const client = new Client(`localhost:${port}`, channel);
    await new Promise<void>((resolve, reject) =>
      client.makeUnaryRequest("/things.v1.Things/Get", same, same, Buffer.alloc(0), (error: Error | null) =>
        error === null ? resolve() : reject(error),
      ),
    );
    client.close();
  };
  // What it calls the address of a service has no port: that of https.
  await call(authAt("https://localhost"));
  await call(authAt("https://elsewhere.example"));
  expect(heard).toEqual([`Bearer ${token}`, "asked", "asked"]);
});

it("socket.io sends the token to the origins of the auth, and none to another", async () => {
  const http = createServer();
  const heard: unknown[] = [];
  new SocketServer(http).on("connection", (socket) => void heard.push(socket.handshake.auth));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  expect(await sendBySocket(authAt(url), url)).toBe(200);
  expect(await sendBySocket(authAt("https://elsewhere.example"), url)).toBe(200);
  expect(heard).toEqual([{ token }, {}]);
});

it("the MCP SDK's authProvider asks again after a 401, and gives nothing to another origin", async () => {
  const world = await startWorld();
  onTestFinished(() => world.close());
  const given = [...tokens];
  const auth = defineProvider({
    specVersion: 1,
    id: "matrix",
    name: "The matrix",
    setup: () => ({
      baseUrl: world.origin,
      sources: [
        { name: "the matrix", resolve: ({ reason }) => found(given[reason === "rejected" ? 1 : 0] ?? "") },
      ],
      verify: { path: "/me", identify: () => undefined },
    }),
  })();
  expect(await sendByAuthProvider(auth, world.url("none", "401", "mcp"))).toBe(200);
  const [first, ...then] = world.take().map(({ token: heard }) => heard);
  expect([first, new Set(then)]).toEqual([tokens[0], new Set([tokens[1]])]);
  await sendByAuthProvider(authAt("https://elsewhere.example"), world.url("none", "200", "mcp"));
  expect(world.take().every(({ token: heard }) => heard === undefined)).toBe(true);
});
