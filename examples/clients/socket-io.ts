// socket.io sends the token in its first packet, with each connection. Bound here to the origins of the auth.
import type { Auth } from "@auth/pylon";
import { io, type Socket } from "socket.io-client";

// #region copy
function socketWith(auth: Auth, url: string): Socket {
  return io(url, {
    transports: ["websocket"],
    auth: (answer) =>
      void auth
        .headers(url)
        .then((headers) => (Object.keys(headers).length === 0 ? undefined : auth.token()))
        .then((token) => answer(token === undefined ? {} : { token: token.reveal() })),
  });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  const socket = socketWith(auth, url);
  return new Promise((resolve) => {
    socket.once("connect", () => {
      socket.close();
      resolve(200);
    });
    socket.once("connect_error", (error) => {
      socket.close();
      resolve((error as { data?: { status?: number } }).data?.status ?? 0);
    });
  });
}
