import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call, type Problem } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Source } from "../part/source.tsx";
import { useSettled } from "./mapping-draft.ts";

type Plan = Answer<"POST /messages/{id}/case/plan">;

/** A message as a case of its flow: what is personal is disguised, and the case is run before it is written. */
export function AddCase({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [name, setName] = useState(`from ${id}`);
  const settled = useSettled(name.trim(), 400);
  const may = useMay("change");
  const plan = useQuery<Plan, Problem>({
    queryKey: ["case of", id, settled],
    queryFn: () =>
      call("POST /messages/{id}/case/plan", { path: { id }, body: settled === "" ? {} : { name: settled } }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const write = useMutation<{ readonly file: string }, Problem>({
    mutationFn: () =>
      call("POST /messages/{id}/case", { path: { id }, body: settled === "" ? {} : { name: settled } }),
  });
  return (
    <Modal opened onClose={onClose} title={`Case from ${id}`} size="xl">
      <Stack gap="sm">
        <TextInput
          label="What the case is about"
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Loaded query={plan} lines={8}>
          {(found) => (
            <>
              <Found found={found} />
              {write.error === null ? null : <ProblemNotice problem={write.error} />}
              {write.data === undefined ? null : (
                <p className="notice good" role="status">
                  <span className="mono">{write.data.file}</span> is written.
                </p>
              )}
              <Group justify="flex-end">
                <Button
                  component="a"
                  variant="default"
                  href={asFile(found.text)}
                  download={nameOf(found.file)}
                >
                  Download
                </Button>
                {may && found.writable && write.data === undefined ? (
                  <Button loading={write.isPending} disabled={plan.isFetching} onClick={() => write.mutate()}>
                    Add to the project
                  </Button>
                ) : null}
              </Group>
            </>
          )}
        </Loaded>
      </Stack>
    </Modal>
  );
}

function Found({ found }: { readonly found: Plan }) {
  const { file, text, disguised, passed, problem, differences, differs, writable } = found;
  return (
    <>
      <p role="status">
        <span className={`pill ${passed ? "good" : "bad"}`}>{passed ? "pass" : "fail"}</span>{" "}
        {passed
          ? "with the version in force"
          : "with the version in force; the message's own gave what the case expects"}{" "}
        <span className="faint mono">{file}</span>
      </p>
      {problem === null ? null : <p className="notice bad">{problem}</p>}
      {differences.length === 0 ? null : <Source>{differences.join("\n")}</Source>}
      {differs === null ? null : (
        <p className="notice warn">The case does not end as the message did: {differs}.</p>
      )}
      <Source>{text}</Source>
      <details>
        <summary>
          {disguised.length} {disguised.length === 1 ? "value is" : "values are"} disguised
        </summary>
        <ul className="fields">
          {disguised.map(({ pointer, kind }) => (
            <li key={pointer}>
              <span className="mono">{pointer}</span> <span className="faint">{kind}</span>
            </li>
          ))}
        </ul>
      </details>
      <p className="faint">
        Texts and numbers are replaced by others of the same shape, but for states, kinds and the like, and
        what the flow itself spells out. Read it before you add it.
      </p>
      {writable ? null : (
        <p className="notice">
          This hub does not follow its project folder: download the case, and bring it into the project that
          you deploy from.
        </p>
      )}
    </>
  );
}

function asFile(text: string): string {
  return `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
