// FIPS 180-4, by hand: `fingerprint()` is synchronous and has to work in Workers, which have no `node:crypto` unless they are told
// to; the platform's own digest is asynchronous, and one hash of eight digits is not worth a dependency of every install.
const constants = new Uint32Array(64);
const initial = new Uint32Array(8);

/** Lower-case hexadecimal SHA-256 of a text in UTF-8. For fingerprints, where speed does not matter. */
export function sha256(text: string): string {
  if (constants[0] === 0) fillConstants();
  const message = new TextEncoder().encode(text);
  const blocks = new DataView(new ArrayBuffer((((message.length + 8) >> 6) + 1) << 6));
  new Uint8Array(blocks.buffer).set(message);
  blocks.setUint8(message.length, 0x80);
  blocks.setUint32(blocks.byteLength - 8, Math.floor(message.length / 0x2000_0000));
  blocks.setUint32(blocks.byteLength - 4, message.length << 3);

  const hash = initial.slice();
  const words = new Uint32Array(64);
  for (let offset = 0; offset < blocks.byteLength; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = blocks.getUint32(offset + i * 4);
    for (let i = 16; i < 64; i++) {
      const [w2, w15] = [at(words, i - 2), at(words, i - 15)];
      const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
      const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
      words[i] = at(words, i - 16) + s0 + at(words, i - 7) + s1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(constants, i) + at(words, i)) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [a, b, c, d, e, f, g, h] = [(t1 + t2) | 0, a, b, c, (d + t1) | 0, e, f, g];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i] = at(hash, i) + value;
  }
  return Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("");
}

// The first 32 bits of the fractional parts of the square and cube roots of the first primes.
function fillConstants(): void {
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor <= candidate) continue;
    if (found < 8) initial[found] = fraction(candidate ** (1 / 2));
    constants[found++] = fraction(candidate ** (1 / 3));
  }
}

const fraction = (root: number): number => (root - Math.floor(root)) * 0x1_0000_0000;
const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
const at = (words: Uint32Array, index: number): number => words[index] ?? 0;
