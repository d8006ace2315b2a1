/**
 * A module of the compiled program, typed by its source. What is measured is what users run: the loader that runs
 * these benches from TypeScript adds calls of its own to every function.
 * @param path below `dist/`, without the ending: `src/format/xml`
 */
export async function compiled<Module>(path: string): Promise<Module> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as Module;
}
