// A stream of numbers that is a function of a text.

/**
 * The generator sfc32 of Chris Doty-Humphrey's PractRand: 128 bits of state, and fast where integers have 32 bits. Hashes of the
 * text are its seed: FNV-1a from three starting points.
 *
 * @param {string} text
 * @returns {() => number}
 */
export const sfc32 = (text) => {
  let [a = 0, b = 0, c = 0] = [0x811c9dc5, 0x01000193, 0x9e3779b9].map((start) =>
    [...text].reduce((hash, char) => Math.imul(hash ^ char.charCodeAt(0), 16_777_619), start),
  );
  let counter = 1;
  const next = () => {
    const result = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // As many rounds as its author asks for until the seed is everywhere.
  for (let round = 0; round < 12; round += 1) next();
  // 53 bits, as many as a number has.
  return () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
};
