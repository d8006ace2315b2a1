/** Which prefixes the open elements declare. */
export interface XmlScope {
  clear(): void;
  /** @param depth of the element that declares it */
  declare(prefix: string, depth: number): void;
  /** The element of this depth ends. */
  leave(depth: number): void;
  /** True of "" as well: no prefix. */
  has(prefix: string): boolean;
}

export function createXmlScope(): XmlScope {
  const prefixes: string[] = [];
  const depths: number[] = [];
  return {
    clear() {
      prefixes.length = depths.length = 0;
    },
    declare(prefix, depth) {
      prefixes.push(prefix);
      depths.push(depth);
    },
    leave(depth) {
      while (depths.at(-1) === depth) {
        depths.pop();
        prefixes.pop();
      }
    },
    has: (prefix) => prefix === "" || prefixes.includes(prefix),
  };
}
