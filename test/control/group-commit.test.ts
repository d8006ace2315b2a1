import { expect, test, vi } from "vitest";
import type { Admission, Receipt } from "../../src/control/engine.ts";
import { groupCommit } from "../../src/control/group-commit.ts";

function items(...names: readonly string[]): readonly Admission[] {
  const rest = { contentType: null, headers: null, event: null, traceparent: null };
  return names.map((key) => ({ flow: 1, flowVersion: 1, body: Buffer.from(key), key, ...rest }));
}

function receiptsOf(batch: readonly Admission[]): readonly Receipt[] {
  return batch.map((one) => ({ id: `m-${one.key}`, duplicate: false }));
}

function idsOf(receipts: readonly Receipt[]): readonly (string | undefined)[] {
  return receipts.map((one) => ("id" in one ? one.id : undefined));
}

test("batches that arrive in one turn share a commit, and each gets its own receipts", async () => {
  const commits: number[] = [];
  const admit = groupCommit(async (batch) => {
    commits.push(batch.length);
    return receiptsOf(batch);
  });
  const answers = await Promise.all([admit(items("a", "b")), admit(items()), admit(items("c"))]);
  expect(answers.map(idsOf)).toEqual([["m-a", "m-b"], [], ["m-c"]]);
  expect(commits).toEqual([3]);
});

test("a batch that arrives later has a commit of its own", async () => {
  const commits: number[] = [];
  const admit = groupCommit(async (batch) => {
    commits.push(batch.length);
    return receiptsOf(batch);
  });
  await admit(items("a"));
  await admit(items("b", "c"));
  expect(commits).toEqual([1, 2]);
});

/** Commits that end when told to. */
function slow() {
  const under: { readonly keys: readonly (string | null | undefined)[]; readonly end: () => void }[] = [];
  const admit = groupCommit(
    (batch) =>
      new Promise((resolve) => {
        under.push({ keys: batch.map(({ key }) => key), end: () => resolve(receiptsOf(batch)) });
      }),
  );
  return { admit, under, turn: () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))) };
}

test("batches that arrive while a commit is under way share the next one, in the order in which they came", async () => {
  const { admit, under, turn } = slow();
  const first = admit(items("a"));
  await turn();
  const second = admit(items("b"));
  await turn();
  const third = admit(items("c", "d"));
  await turn();
  expect(under.map(({ keys }) => keys)).toEqual([["a"]]);
  under[0]?.end();
  await turn();
  expect(under.map(({ keys }) => keys)).toEqual([["a"], ["b", "c", "d"]]);
  under[1]?.end();
  const answers = await Promise.all([first, second, third]);
  expect(answers.map(idsOf)).toEqual([["m-a"], ["m-b"], ["m-c", "m-d"]]);
});

test("what waited for long for the commit before its own is refused, and what came since is not", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const { admit, under, turn } = slow();
    void admit(items("a"));
    await turn();
    const late = admit(items("b"));
    vi.advanceTimersByTime(5_001);
    const next = admit(items("c"));
    const told = expect(late).rejects.toMatchObject({ code: "TL_STORE_FAILED", retryAfter: 5_000 });
    under[0]?.end();
    await turn();
    await told;
    expect(under.map(({ keys }) => keys)).toEqual([["a"], ["c"]]);
    under[1]?.end();
    expect(idsOf(await next)).toEqual(["m-c"]);
  } finally {
    vi.useRealTimers();
  }
});

test("a commit that fails fails every batch in it, and the next goes on", async () => {
  let broken = true;
  const admit = groupCommit(async (batch) => {
    if (broken) throw new Error("no commit");
    return receiptsOf(batch);
  });
  const failed = await Promise.allSettled([admit(items("a")), admit(items("b"))]);
  expect(failed.map((one) => one.status)).toEqual(["rejected", "rejected"]);
  broken = false;
  expect(idsOf(await admit(items("c")))).toEqual(["m-c"]);
});
