// Prints CPU per request with an auth as a share of the same client's with a constant header, slice by slice.
import process from "node:process";

import { pylon } from "@auth/pylon";
import { authInterceptor } from "@auth/pylon/undici";
import { Agent, request } from "undici";

const [, , client, baseUrl = ""] = process.argv;
const inFlight = 64;
const requestsPerSlice = 2_000;
const slices = 40;

const token = "t".repeat(512);
const headers = { authorization: `Bearer ${token}` };
const auth = pylon({ token, baseUrl, env: {} });
const url = `${baseUrl}/issues`;
const plain = new Agent({ connections: inFlight });
const authorized = new Agent({ connections: inFlight }).compose(authInterceptor(auth));

const pairs = {
  undici: {
    withAuth: async () => (await request(url, { dispatcher: authorized })).body.dump(),
    byHand: async () => (await request(url, { dispatcher: plain, headers })).body.dump(),
  },
  fetch: {
    withAuth: async () => (await auth.fetch(url)).text(),
    byHand: async () => (await fetch(url, { headers })).text(),
  },
};

async function cpuOf(call: () => Promise<unknown>): Promise<number> {
  let left = requestsPerSlice;
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await call();
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const { withAuth, byHand } = pairs[client as keyof typeof pairs];
await cpuOf(withAuth);
await cpuOf(byHand);
const ratios: number[] = [];
for (let slice = 0; slice < slices; slice++) {
  // In turn first and second: a garbage collection tends to fall on the same side otherwise.
  const [first, second] = slice % 2 === 0 ? [withAuth, byHand] : [byHand, withAuth];
  const [one, other] = [await cpuOf(first), await cpuOf(second)];
  ratios.push(slice % 2 === 0 ? one / other : other / one);
}
console.log(JSON.stringify(ratios));
process.exit();
