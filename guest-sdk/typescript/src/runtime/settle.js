// How memory is left when everything has loaded. This comes last before the snapshot, and is no part of the bundle.

import { MARK, MARKS } from "./arenas.js";

/** @param {number} length */
const blank = (length) => "\0".repeat(length);

// The engine has a table of the shapes that objects have, which grows when it is full: it has grown here.
{
  const shapes = [];
  for (let count = 0; count < 40; count++) shapes.push(Object.create({}));
}

// Memory that loading used and gave back would be in the snapshot as it is: it is overwritten with blocks of all sizes,
// zeros in each. A workflow is some 40 kB smaller for it.
{
  const blocks = [];
  for (let size = 65_536; size >= 64; size = Math.floor(size * 0.8))
    for (let count = 0; count < 3; count++) blocks.push(blank(size));
}

/** What the engine needs for a text, beside its letters. */
const TEXT_BYTES = 25;
/** The engine has arenas for what is up to 512 bytes, each for one size, of 4 kB. This is half of one. */
const RESERVED_BYTES = 2000;

/**
 * Some of each size, and of each kind of object that a decision may well make: as long as there is one, its shape is
 * known.
 *
 * @type {unknown[]}
 */
export const kept = [
  new Date(0),
  [].values(),
  /x/,
  /x/.exec("x"),
  new Map(),
  new Set(),
  new Map().values(),
  new Set().values(),
];

// Where the build makes arenas.
kept.push(MARK.repeat(MARKS));

/**
 * Lets there be places for one size, in an arena that stays because one of them is taken. A decision that finds none has
 * to make an arena, which takes as long as to read a field, and frees it with what is in it: a loop would do so in every
 * turn.
 *
 * @param {number} size
 * @param {() => unknown} take
 */
const reserve = (size, take) => {
  const taken = [];
  for (let count = 1; count < RESERVED_BYTES / size; count++) taken.push(take());
  kept.push(taken.pop());
};

reserve(16, () => [0]);
reserve(24, () => [0, 0]);
for (let size = 32; size <= 512; size += size < 128 ? 8 : size < 256 ? 16 : 32)
  reserve(size, () => blank(size - TEXT_BYTES));
