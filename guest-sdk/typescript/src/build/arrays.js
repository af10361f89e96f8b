// Arrays taken apart by their places.
//
// `const [a, b] = pair` asks the pair for an iterator, which the engine makes, calls and closes: 2 500 units of fuel, where
// an index takes 100. What an array's iterator gives is what is in its places, so an array is read there. Whatever else can
// be taken apart is taken from first, as far as the pattern goes.

import { full } from "acorn-walk";

import { isFunction, parsed } from "./syntax.js";

/** What names begin with that a bundle gets. One that has such names is left as it is. */
const PREFIX = "$usher";
const IS_ARRAY = `${PREFIX}IsArray`;
const TAKEN = `${PREFIX}Taken`;
/** What the bundle begins with. */
const HELPERS =
  `const ${IS_ARRAY}=Array.isArray,${TAKEN}=(from,count)=>{if(${IS_ARRAY}(from))return from;const taken=[];` +
  `for(const item of from){taken[taken.length]=item;if(taken.length===count)break}return taken};`;

/**
 * Something in the place of something else, from `start` to `end`. Of those in one place, what is closed comes first, the
 * innermost before the others.
 *
 * @typedef {{ start: number, end: number, text: string, closes?: number }} Edit
 *
 * A pattern of names, and of places that are left out.
 *
 * @typedef {Omit<import("acorn").ArrayPattern, "elements"> & { elements: (import("acorn").Identifier | null)[] }} OfNames
 *
 * @typedef {import("./syntax.js").Node} Node
 * @typedef {import("./syntax.js").Func} Func
 */

/**
 * @param {string} code A bundle without needless whitespace.
 * @returns {{ code: string, edits: Edit[] }} The same, and what was changed in it, in order.
 */
export function byPlace(code) {
  const edits = editsOf(code);
  if (edits.length === 0) return { code, edits };
  edits.push({ start: 0, end: 0, text: HELPERS });
  edits.sort((one, other) => one.start - other.start || (other.closes ?? 0) - (one.closes ?? 0));
  let at = 0;
  const parts = edits.flatMap(({ start, end, text }) => {
    const kept = code.slice(at, start);
    at = end;
    return [kept, text];
  });
  return { code: parts.join("") + code.slice(at), edits };
}

/** @param {string} code */
function editsOf(code) {
  /** @type {Edit[]} */
  const edits = [];
  let names = 0;
  /** @param {number} at @param {string} text */
  const insert = (at, text) => edits.push({ start: at, end: at, text });
  /** @param {Node} node @param {string} text */
  const close = ({ start, end }, text) => edits.push({ start: end, end, text, closes: start });
  /** Has a name in the place of a pattern. @param {OfNames} pattern */
  const named = ({ start, end }) => {
    const name = `${PREFIX}${names++}`;
    // Words may come right before it and after it.
    edits.push({ start, end, text: ` ${name} ` });
    return name;
  };
  /** What reads a pattern that has a name in its place. @param {OfNames} pattern @param {string} kind */
  const read = (pattern, kind) => {
    const name = named(pattern);
    const { length } = pattern.elements;
    return `${kind}${name}_=${IS_ARRAY}(${name})?${name}:${TAKEN}(${name},${length})${placesOf(pattern, `${name}_`)};`;
  };
  const program = parsed(code);
  if (program === undefined || code.includes(PREFIX)) return edits;
  full(program, (node) => {
    if (node.type === "VariableDeclarator" && node.init && isOfNames(node.id)) {
      const { id } = node;
      const name = named(id);
      insert(code.indexOf("=", id.end) + 1, `${TAKEN}(`);
      close(node, `,${id.elements.length})${placesOf(id, name)}`);
    } else if (node.type === "ForOfStatement" && node.left.type === "VariableDeclaration" && !node.await) {
      const pattern = node.left.declarations[0]?.id;
      if (!isOfNames(pattern)) return;
      insert(node.body.start, `{${read(pattern, `${node.left.kind} `)}`);
      close(node, "}");
    } else if (isFunction(node)) {
      const patterns = node.params.filter(isOfNames);
      if (patterns.length === 0 || !canBegin(node, patterns)) return;
      const text = patterns.map((pattern) => read(pattern, "var ")).join("");
      if (node.body.type === "BlockStatement") {
        insert(node.body.start + 1, text);
      } else {
        insert(code.indexOf("=>", node.params.at(-1)?.end) + 2, `{${text}return(`);
        close(node, ")}");
      }
    }
  });
  return edits;
}

/**
 * Whether patterns can be read when a function has begun: no other parameter looks at what is in them, and no function
 * within it is called the same.
 *
 * @param {Func} func
 * @param {OfNames[]} patterns
 */
function canBegin({ params, body, generator }, patterns) {
  if (generator || !params.every((param) => param.type === "Identifier" || isOfNames(param))) return false;
  const names = patterns.flatMap(({ elements }) => elements.map((name) => name?.name));
  const within = body.type === "BlockStatement" ? body.body : [];
  return !within.some((statement) => isFunction(statement) && names.includes(statement.id?.name));
}

/** The names of a pattern, each read in its place. @param {OfNames} pattern @param {string} from */
const placesOf = ({ elements }, from) =>
  elements.map((name, place) => (name ? `,${name.name}=${from}[${place}]` : "")).join("");

/**
 * @param {Node | null | undefined} node
 * @returns {node is OfNames}
 */
const isOfNames = (node) =>
  node?.type === "ArrayPattern" &&
  node.elements.some(Boolean) &&
  node.elements.every((item) => item === null || item.type === "Identifier");

/**
 * Positions in the bundle as it is now.
 *
 * @param {import("../runtime/positions.js").Positions} positions In the bundle as it was.
 * @param {string} code As it was.
 * @param {Edit[]} edits In order.
 * @returns {import("../runtime/positions.js").Positions}
 */
export function moved({ files, lines }, code, edits) {
  /** What has been put into each line so far, and how much longer it is. @type {Map<number, { from: number, by: number }[]>} */
  const longer = new Map();
  let [row, begin] = [1, 0];
  for (const { start, end, text } of edits) {
    for (let next = code.indexOf("\n", begin); next >= 0 && next < start; next = code.indexOf("\n", begin)) {
      [row, begin] = [row + 1, next + 1];
    }
    const inRow = longer.get(row) ?? [];
    // What is put before something moves it; what takes its place does not.
    inRow.push({ from: start - begin + (start === end ? 1 : 2), by: text.length - (end - start) });
    longer.set(row, inRow);
  }
  /** @param {string} row @param {number} column */
  const shifted = (row, column) =>
    (longer.get(Number(row)) ?? []).reduce((sum, { from, by }) => (from <= column ? sum + by : sum), column);
  const moved = Object.entries(lines).map(([row, parts]) => [
    row,
    parts.map(([column, ...place]) => [shifted(row, column), ...place]),
  ]);
  return { files, lines: Object.fromEntries(moved) };
}
