// Arrays are taken apart by their places, and it comes to the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";

import { byPlace, moved } from "../src/build/arrays.js";

/** Each says what it finds, in `found`. */
const CHANGED = [
  "const [a,,b]=[1,2,3];found=[a,b]",
  "let [a]=(0,[1,2]),[c,d]='xy';a++;found=[a,c,d]",
  "var [a,b]=new Set([1]);found=[a,b]",
  "for(const [key,value] of Object.entries({x:1,y:2}))found.push(key+value)",
  "for(let [a] of [[1],[2]]){let a=5;found.push(a)}",
  "for(const [a] of [[1],[2]])for(const [b] of [[a]])found.push(()=>a+b);found=found.map(f=>f())",
  "outer:for(const [a] of [[1],[2]]){if(a===1)continue outer;found.push(a)}",
  "for(let [a]=[0];a<3;a++)found.push(a)",
  "found=[[1,2],[3,4]].filter(([,b])=>b>2).map(([a])=>a)",
  "found=[[1,2]].map(([a,b])=>({a,b})).map(({a,b})=>a+b)",
  "found=[[1,2]].map(([a,b])=>(a,b))",
  "found=(function([a],b,[c]){var a;return[a,b,c,arguments.length]})([1],2,[3],4)",
  "found=(([a])=>([b])=>a+b)([1])([2])",
  "found=(([a]=[5])=>a)();const [z]=[1]",
  "found=new Map([[1,2]]);found=[...found].map(([a,b])=>a+b)",
  "class C{static f([a]){return a}set x([a]){found=a}}new C().x=[C.f([4])]",
  // How far others are asked, and that they are told when no more is wanted.
  "const counted={*[Symbol.iterator](){try{for(let n=1;;n++){found.push(n);yield n}}finally{found.push('end')}}};const [a,b]=counted;found.push(a,b)",
  "const [a,b]={*[Symbol.iterator](){found.push('once');yield 7}};found.push(a,b)",
  "try{const [a]=null}catch(error){found=error.name}",
  "try{(([a])=>a)(5)}catch(error){found=error.name}",
  "found=(([a])=>a).length+(function([a],[b]){}).length",
];

/** What is left as it is. */
const KEPT = [
  "let a=1,b=2;[a,b]=[b,a];found=[a,b]",
  "const [a,...rest]=[1,2,3];found=[a,rest]",
  "const [a=1,b]=[,2];found=[a,b]",
  "const [[a]]=[[1]];found=a",
  "const []=[1];found=1",
  "const {a}={a:1};found=a",
  "found=(([a],b=a)=>b)([1])",
  "found=[...(function*([a]){yield a})([1])]",
  "found=(function([a]){function a(){}return typeof a})([1])",
  "const [$usher0]=[1];found=$usher0",
  "const [a]=[1];found=(",
];

/** @param {string} code */
const found = (code) => JSON.stringify(vm.runInNewContext(`let found=[];(()=>{"use strict";${code}})();found`, {}));

test("what is changed comes to the same", () => {
  for (const code of CHANGED) {
    const { code: changed, edits } = byPlace(code);
    assert.ok(edits.length > 0, code);
    assert.equal(found(changed), found(code), changed);
  }
});

test("what is more than names is left as it is", () => {
  for (const code of KEPT) assert.deepEqual(byPlace(code), { code, edits: [] });
});

test("positions move along", () => {
  const code = "let x;\nfor(const [a] of x)f(a);g([],([b])=>b);h()";
  const { code: changed, edits } = byPlace(code);
  const places = ["x)", "f(a)", "g(", "b)", "h("];
  const columns = (/** @type {string} */ text) => {
    const lines = text.split("\n");
    return places.map((place) => (lines[1] ?? "").indexOf(place) + 1);
  };
  const parts = columns(code).map((column, line) => /** @type {[number, number, number]} */ ([column, 0, line + 1]));
  const positions = moved({ files: ["a.ts"], lines: { 2: parts } }, code, edits);
  assert.deepEqual(
    positions.lines[2]?.map(([column]) => column),
    columns(changed),
  );
});
