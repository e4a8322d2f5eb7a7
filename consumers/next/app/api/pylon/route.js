import { pylon } from "@auth/pylon";

export const dynamic = "force-dynamic";

export async function GET() {
  const error = await pylon({ env: {}, login: true })
    .token()
    .catch((reason) => reason);
  return new Response(`${error.code} ${error.message.includes("is not installed")}`);
}
