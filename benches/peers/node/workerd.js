// workerd: Workers in a process of their own. They are asked over HTTP, since there is no other way in, and their isolates live
// on. What the same request costs that is answered by a constant says what of it is the way there and back.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

import binary from "workerd";

import { JOBS, SOURCE, measure, time } from "./measure.js";

const WORKER = `${SOURCE}
const jobs = { "/tier": tier, "/rules": rules };
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname in jobs) return Response.json(jobs[pathname](await request.json()));
    await request.text();
    return new Response("[]");
  },
};`;

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "jobs", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")], compatibilityDate = "2026-11-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "jobs")]);`;

const folder = mkdtempSync(path.join(os.tmpdir(), "usher-peers-"));
writeFileSync(path.join(folder, "worker.js"), WORKER);
writeFileSync(path.join(folder, "workerd.capnp"), CONFIG);
const config = path.join(folder, "workerd.capnp");
const workerd = spawn(binary.default ?? binary, ["serve", config, "--control-fd=3"], {
  stdio: ["ignore", "inherit", "inherit", "pipe"],
});
try {
  const [line] = await once(createInterface(workerd.stdio[3]), "line");
  const { port } = JSON.parse(line);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const post = (path, body) =>
    new Promise((resolve, reject) => {
      const headers = { "content-length": Buffer.byteLength(body) };
      const request = http.request({ agent, port, host: "127.0.0.1", method: "POST", path, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve(text));
      });
      request.on("error", reject).end(body);
    });
  await time({ peer: "workerd", mode: "over HTTP, a constant", job: null }, (text) => post("/constant", text));
  for (const job of JOBS) {
    await measure({ peer: "workerd", mode: "over HTTP", job }, (text) => post(`/${job}`, text));
  }
  agent.destroy();
} finally {
  workerd.kill();
  rmSync(folder, { recursive: true });
}
