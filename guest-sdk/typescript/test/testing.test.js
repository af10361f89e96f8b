// The test kit itself, as far as it goes without a sandbox.

import assert from "node:assert/strict";
import { test } from "node:test";

import { localTime, refererHost, utcTime } from "../src/index.js";
import { testGroup100 } from "../src/testing/bucket.js";
import { wireOf } from "../src/testing/wire.js";
import { decide, request } from "../src/testing.js";
import { project } from "./kit.js";

test("facts add up, later ones before earlier ones", () => {
  const gold = request({ identity: { jwtClaims: { tier: "gold", sub: "ada" } }, env: { A: "1" } });
  const both = request(gold, { context: { countryCode: "DE" }, env: { B: "2" } }, { env: { A: "3" } });
  assert.deepEqual(both, {
    identity: {
      identifier: "ada",
      jwtClaims: { tier: "gold", sub: "ada" },
      authType: "jwt",
      userType: "authenticated",
    },
    context: { countryCode: "DE" },
    env: { A: "3", B: "2" },
  });
});

test("what is not said is worked out as a host does it", () => {
  const { context, http, identity, instant } = wireOf({
    identity: { identifier: "user-1" },
    context: { countryCode: "de", timezone: "America/St_Johns" },
    http: { url: "https://a.example/?utm_source=a+b&utm_term=%C3%A9#utm_medium=x" },
    instant: "2026-07-01T00:00:00Z",
  });
  assert.deepEqual([context.isEUCountry, context.utcOffsetSeconds], [true, -9000]);
  assert.deepEqual(http.utm, { source: "a b", medium: null, campaign: null, term: "é", content: null });
  assert.deepEqual([identity.authType, identity.testGroup100, instant], ["anonymous", 97, Date.UTC(2026, 6, 1)]);
  assert.throws(() => wireOf({ instant: "yesterday" }), /`instant`: expected an instant since 1970/);
});

test("test groups are those of every host", () => {
  // From the host's own tests, host/decision/src/bucket.rs.
  assert.equal(testGroup100("user-1"), 97);
  const groups = new Set(Array.from({ length: 5000 }, (_, index) => testGroup100(`user-${index}`)));
  assert.equal(groups.size, 100);
});

test("a function is called as it is, on a clock that stands still", async () => {
  const { outcome, slugs, log } = await decide(
    async ({ identity, env }) => {
      console.warn("hello", { a: 1 });
      return [identity.identifier, new Date().toISOString(), env.X ?? "none"];
    },
    { instant: "2026-02-03T04:05:06Z" },
  );
  assert.deepEqual(
    [outcome, slugs, log],
    ["ok", ["visitor-1", "2026-02-03T04:05:06.000Z", "none"], ['warn: hello {"a":1}']],
  );
  assert.ok(Date.now() > Date.UTC(2026, 2, 1), "the clock goes on afterwards");
});

test("decisions at the same time keep their clocks apart", async () => {
  const at = (/** @type {string} */ instant) =>
    decide(async () => (await null, [new Date().toISOString()]), { instant });
  const [one, two] = await Promise.all([at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")]);
  assert.deepEqual([one.slugs, two.slugs], [["2026-01-01T00:00:00.000Z"], ["2027-01-01T00:00:00.000Z"]]);
});

test("what is thrown is an outcome, with its cause", async () => {
  const cause = new Error("no");
  const refused = await decide(() => Promise.reject(cause));
  assert.deepEqual(
    [refused.outcome, refused.error, refused.cause],
    ["refused", "the workflow refused to answer: Error: no", cause],
  );
});

test("a source file is loaded", async () => {
  const file = await project({
    "workflow.ts": "const w: ProvisioningWorkflow = async () => ['a'];\nexport default w;",
  });
  assert.deepEqual((await decide(file)).slugs, ["a"]);
  const none = await project({ "workflow.ts": "export default 5;" });
  await assert.rejects(decide(none), /the default export is number; expected a function/);
});

test("without the command, the sandbox says how to get it", async () => {
  const before = process.env.USHER_BIN;
  process.env.USHER_BIN = "/nowhere/usher";
  try {
    const file = await project({ "workflow.wasm": "" });
    await assert.rejects(decide(file), /the command `\/nowhere\/usher` cannot be run .*USHER_BIN/);
  } finally {
    if (before === undefined) delete process.env.USHER_BIN;
    else process.env.USHER_BIN = before;
  }
});

test("the visitor's clock", () => {
  const at = (/** @type {string} */ utc, /** @type {number | null} */ utcOffsetSeconds) =>
    localTime(/** @type {any} */ ({ utcOffsetSeconds }), new Date(utc));
  assert.deepEqual(at("2026-12-31T23:30:15Z", 3600), {
    year: 2027,
    month: 1,
    day: 1,
    hour: 0,
    minute: 30,
    second: 15,
    weekday: 5,
  });
  assert.equal(at("2026-12-31T23:30:15Z", null), null);
  assert.equal(utcTime(new Date("1969-12-31T00:00:00Z")).weekday, 3);
  assert.equal(utcTime(new Date("2026-11-29T00:00:00Z")).weekday, 7);
});

test("the host that led here", () => {
  for (const [referer, host] of /** @type {[string | null, string | null][]} */ ([
    [null, null],
    ["", null],
    ["/path", null],
    ["https://WWW.Google.com/search?q=a", "www.google.com"],
    ["https://user:pass@a.example:8080/x", "a.example"],
    ["https://[::1]:8080/x", "[::1]"],
    ["https://[::1]", "[::1]"],
    ["https:///x", null],
  ])) {
    assert.equal(refererHost(/** @type {any} */ ({ referer })), host, String(referer));
  }
});
