// Constants that are written very often: each is a global that never changes, and is named where it was written, which is shorter. A
// host makes the same machine code of both.

import { instructionsOf, replaced } from "./body.js";
import { END, GLOBAL_GET, I32_CONST } from "./bytes.js";

/** Instructions of constants, with the types of what they give: of 32 and 64 bits, without and with fractions. */
const TYPES = new Map([I32_CONST, 0x42, 0x43, 0x44].map((code, index) => [code, 0x7f - index]));
/** Globals up to here are named in two bytes. */
const GLOBALS = 128;
const NAME_BYTES = 2;
/** What a global has to spare: a host writes each of them for each decision. */
const LEAST_BYTES = 2000;

/**
 * Functions of which some constants are globals.
 *
 * @param {Uint8Array[]} bodies All that a module has.
 * @param {number} first The number of the first global that is made for them.
 * @returns {{ bodies: Uint8Array[], globals: Uint8Array[] }}
 */
export function shared(bodies, first) {
  /** @type {Map<string, { instruction: Uint8Array, spared: number }>} */
  const written = new Map();
  for (const body of bodies) {
    for (const { at, end } of instructionsOf(body)) {
      if (!TYPES.has(body[at] ?? 0)) continue;
      const instruction = body.subarray(at, end);
      const name = named(instruction);
      const { spared = 0 } = written.get(name) ?? {};
      written.set(name, { instruction, spared: spared + instruction.length - NAME_BYTES });
    }
  }
  const best = [...written.values()]
    .filter(({ spared }) => spared >= LEAST_BYTES)
    .sort((one, other) => other.spared - one.spared)
    .slice(0, Math.max(GLOBALS - first, 0));
  const numbers = new Map(best.map(({ instruction }, index) => [named(instruction), first + index]));
  return {
    bodies: bodies.map((body) => naming(body, numbers)),
    globals: best.map(({ instruction }) =>
      Buffer.concat([Uint8Array.of(TYPES.get(instruction[0] ?? 0) ?? 0, 0), instruction, Uint8Array.of(END)]),
    ),
  };
}

/** @param {Uint8Array} instruction */
const named = (instruction) => Buffer.from(instruction).toString("latin1");

/**
 * @param {Uint8Array} body
 * @param {Map<string, number>} numbers
 */
const naming = (body, numbers) =>
  replaced(body, (at, end) => {
    const number = TYPES.has(body[at] ?? 0) ? numbers.get(named(body.subarray(at, end))) : undefined;
    return number === undefined ? undefined : { bytes: Uint8Array.of(GLOBAL_GET, number), end };
  });
