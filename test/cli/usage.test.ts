import { describe, expect, it } from "vitest";
import { wantsColour } from "../../src/cli/terminal.ts";
import { project, run } from "./support.ts";

const COMMANDS = [
  "start",
  "check",
  "explain",
  "test",
  "try",
  "new connector",
  "new flow",
  "send",
  "messages ls",
  "messages show",
  "messages raw",
  "park",
  "discard",
  "replay",
  "case add",
  "errors ls",
  "errors mute",
  "errors unmute",
  "files ls",
  "files show",
  "files rejects",
  "files resume",
  "files watch",
  "files written",
  "flows ls",
  "flows show",
  "flows pause",
  "flows resume",
  "flows run",
  "customers find",
  "customers show",
  "customers unassigned",
  "users add",
  "users set",
  "keys add",
  "audit verify",
  "top",
  "doctor",
  "backup",
  "restore",
  "migrate",
];

describe("the command line", () => {
  it.each(COMMANDS)("%s --help shows examples, --json and --dir", async (command) => {
    const { code, out } = await run([...command.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("Examples:");
    expect(out).toMatch(/\$ (tieline|npx)/);
    expect(out).toContain("--json");
    expect(out).toContain("--dir <folder>");
  });

  it("tells its version and its exit codes", async () => {
    expect((await run(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await run(["--help"])).out).toContain("0 ok, 1 failed, 2 wrong usage, 3 partly done");
  });

  it.each([
    [["bogus"]],
    [["messages"]],
    [["explain"]],
    [["check", "--bogus"]],
    [["flows", "pause", "x", "--only", "half"]],
  ])("%j is wrong usage, exit code 2", async (line) => {
    const { code, out, err } = await run(line);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).not.toBe("");
  });

  it.each([
    ["messages ls --state bad", "--state is not a state"],
    ["messages ls --since yesterday", "the time is neither an age nor a date"],
    ["messages ls --limit many", "--limit is not a whole number"],
    ["replay", "nothing says which messages"],
    ["customers find", "one thing to find by is needed"],
    ["customers find --system erp", "--system and --id belong together"],
    ["new flow Bad_Name", "the name is not one a folder of the project may have"],
    ["new flow good --from nowhere", "--from is neither"],
    ["start --listen nowhere", "--listen is not an address"],
    ["messages ls --url ftp://x", "the hub's address is not a URL"],
  ])("%s says what is wrong and what to write", async (line, message) => {
    const { code, err } = await run(line.split(" "));
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toMatch(/cure {3}\S/);
  });

  it("a failure is a block of what, where, cure, and never a stack", async () => {
    const dir = await project();
    const { code, err } = await run(["explain", "ordesr", "--dir", dir]);
    expect(code).toBe(1);
    expect(err).toBe(
      [
        "✗ There is no such thing  TL_NOT_FOUND",
        "  what   there is no flow of this name",
        "  where  mappings/ordesr",
        "  cure   Did you mean orders?",
        "",
      ].join("\n"),
    );
  });

  it("with --json a failure is one JSON document too", async () => {
    const { code, json } = await run(["check", "--json", "--dir", "/nonexistent"]);
    expect(code).toBe(1);
    expect(json()).toMatchObject({ error: { code: "TL_CONFIG_INVALID", place: { file: "/nonexistent" } } });
  });

  it("says how to start the hub when none answers", async () => {
    const { code, err } = await run(["flows", "ls", "--url", "http://127.0.0.1:1"]);
    expect(code).toBe(1);
    expect(err).toContain("no hub answers at http://127.0.0.1:1");
    expect(err).toContain("tieline start");
  });

  it("colours only a terminal that wants them", async () => {
    expect(wantsColour({}, true)).toBe(true);
    expect(wantsColour({}, false)).toBe(false);
    expect(wantsColour({ NO_COLOR: "1" }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: "1", FORCE_COLOR: "1" }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: "" }, true)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: "1" }, false)).toBe(true);
    expect(wantsColour({ TERM: "dumb" }, true)).toBe(false);
    const dir = await project();
    expect((await run(["check", "--dir", dir])).out).not.toContain("\u001b");
    expect((await run(["check", "--dir", dir], { colour: true })).out).toContain("\u001b[32m✓");
  });
});
