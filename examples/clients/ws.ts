// ws takes headers for the handshake. It follows no redirect unless it is told to, and then keeps most headers: leave that off.
import type { Auth } from "@auth/pylon";
import WebSocket from "ws";

// #region copy
async function webSocketWith(auth: Auth, url: string): Promise<WebSocket> {
  // `wss:` stands for an origin of `https:`, in which an auth thinks.
  return new WebSocket(url, { headers: await auth.headers(url.replace(/^ws/, "http")) });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  const socket = await webSocketWith(auth, url.replace(/^http/, "ws"));
  return new Promise((resolve, reject) => {
    socket.once("open", () => {
      socket.close();
      resolve(101);
    });
    socket.once("unexpected-response", (_request, response) => {
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.once("error", reject);
  });
}
