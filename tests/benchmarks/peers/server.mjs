// One server of a peer, in memory: `node server.mjs ywebsocket|hocuspocus`.
//
// Prints its port as one line and serves until its standard input ends.

import http from "node:http";
import { once } from "node:events";
import { WebSocketServer } from "ws";

const starts = {
  async ywebsocket() {
    const { setupWSConnection } = await import("@y/websocket-server/utils");
    const server = http.createServer();
    new WebSocketServer({ server }).on("connection", setupWSConnection);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server.address().port;
  },

  async hocuspocus() {
    const { Server } = await import("@hocuspocus/server");
    const server = new Server({ address: "127.0.0.1", port: 0, quiet: true, stopOnSignals: false });
    await server.listen();
    return server.address.port;
  },
};

console.log(await starts[process.argv[2]]());
process.stdin.on("end", () => process.exit(0)).resume();
