// The test group of an identifier, as every host computes it: MurmurHash3 x86_32 with seed 0, scaled to 100.

/**
 * @param {string} identifier
 * @returns {number}
 */
export function testGroup100(identifier) {
  return Math.floor((murmur3(new TextEncoder().encode(identifier)) / 2 ** 32) * 100);
}

/** @param {Uint8Array} bytes */
function murmur3(bytes) {
  const rotate = (/** @type {number} */ value, /** @type {number} */ by) => (value << by) | (value >>> (32 - by));
  const scramble = (/** @type {number} */ block) => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  const whole = bytes.length - (bytes.length % 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    hash = (Math.imul(rotate(hash ^ scramble(view.getUint32(at, true)), 13), 5) + 0xe6546b64) | 0;
  }
  const tail = bytes.subarray(whole).reduceRight((last, byte) => (last << 8) | byte, 0);
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
