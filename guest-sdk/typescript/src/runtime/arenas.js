// Where small blocks of the engine are in a decision: the place of a text that nobody reads, of which the build makes arenas
// for the engine's allocator (`build/component/arenas.js`).

/** What the text is full of while the module loads, and how often. */
export const MARK = "usher:a:";
export const MARKS = 3584;
