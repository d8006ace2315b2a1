/** Lanes are the unit of parallel work. Their number is a constant of the product: stored rows depend on it. */
export const LANES = 256;

/** The lane of a key: FNV-1a over its UTF-16 units, folded to 0..255. Equal keys always share a lane. */
export function laneOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash ^= key.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  return (hash ^ (hash >>> 8)) & (LANES - 1);
}
