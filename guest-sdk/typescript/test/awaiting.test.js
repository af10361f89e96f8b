// `async` goes from a workflow that does not need it, and from no other.

import assert from "node:assert/strict";
import { test } from "node:test";

import { withoutPromise } from "../src/build/awaiting.js";

/** The one that goes is in brackets. */
const NEEDLESS = [
  "var workflow=[async]()=>[],workflow_default=workflow;serve(workflow_default);",
  "[async] function workflow(){return[]}serve(workflow);",
  "serve([async] function named({identity}){return[]});",
  "serve([async] request=>[request]);",
  "const other=async()=>{await 0};var w=[async]({a=1})=>{other();return[]};serve(w);",
  "var w=[async]()=>{const wait=async()=>{for await(const x of[]);await 0};wait();return[]};serve(w);",
  "var w=[async]()=>async()=>{await 0};serve(w);",
  "var w=[async]()=>({w:1}.w);serve(w);",
];

const NEEDED = [
  "var w=async()=>{await 0;return[]};serve(w);",
  "var w=async()=>{for await(const x of[]);return[]};serve(w);",
  "var w=async()=>{if(1){try{}finally{(()=>1)(await 0)}}};serve(w);",
  "var w=async()=>{await using x=null;return[]};serve(w);",
  // Others have it, who may want a promise.
  "var w=async()=>[];w().then(()=>0);serve(w);",
  "async function w(again){return again?w(!1).then(x=>x):[]}serve(w);",
  "serve(async function w(again){return again?w(!1).then(x=>x):[]});",
  "var w=async()=>[],v=w;globalThis.v=v;serve(w);",
  // What it is, is not known.
  "var w=wrapped(async()=>[]);serve(w);",
  "import{w}from'elsewhere';serve(w);",
  "var w;w=async()=>[];serve(w);",
  "var w=async function*(){};serve(w);",
  "var w=async()=>[];",
  "var w=async()=>[];serve(w",
];

test("`async` goes where nothing is waited for, and all else stays where it was", () => {
  for (const marked of NEEDLESS) {
    const [code, expected] = ["async", "     "].map((word) => marked.replace("[async]", word));
    assert.equal(withoutPromise(/** @type {string} */ (code)), expected);
  }
});

test("`async` stays where something is, or where others call the function", () => {
  for (const code of NEEDED) assert.equal(withoutPromise(code), code);
});
