import { expect, test } from "vitest";
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
