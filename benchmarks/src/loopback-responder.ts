// A server in a process of its own that answers as cheaply as it can, so that the client is what is measured. Prints its
// port, and ends with its parent.
import { createServer } from "node:net";
import process from "node:process";

const answer = Buffer.from(
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
);

const server = createServer({ noDelay: true }, (socket) => {
  let rest = "";
  socket.on("data", (chunk) => {
    rest += chunk.toString("latin1");
    for (let end = rest.indexOf("\r\n\r\n"); end !== -1; end = rest.indexOf("\r\n\r\n")) {
      // A request without the token would make the comparison worthless.
      if (!rest.slice(0, end).toLowerCase().includes("authorization: bearer ")) socket.destroy();
      else socket.write(answer);
      rest = rest.slice(end + 4);
    }
  });
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(address.port);
});
process.stdin.on("end", () => process.exit()).resume();
