// A stream of numbers that is a function of a user and an instant.

/**
 * The generator sfc32 of Chris Doty-Humphrey's PractRand: 128 bits of state, and fast where integers have 32 bits. Its
 * seed is the FNV-1a hash of the identifier, and the instant.
 *
 * @param {string} identifier
 * @param {number} instant
 * @returns {() => number}
 */
export const sfc32 = (identifier, instant) => {
  let [a, b, c, counter] = [0x811c9dc5, instant | 0, (instant / 2 ** 32) | 0, 1];
  for (let at = 0; at < identifier.length; at += 1) a = Math.imul(a ^ identifier.charCodeAt(at), 16_777_619);
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
