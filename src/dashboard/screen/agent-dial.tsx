import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import { type Answer, call, type Problem } from "../api/client.ts";
import { ProblemNotice } from "../part/fault.tsx";

type Dial = UseMutationResult<Answer<"POST /desk/dials">, Problem, string>;

/** Rings the agent, then the number. */
export function useDial(system: string, agent: string): Dial {
  return useMutation<Answer<"POST /desk/dials">, Problem, string>({
    mutationFn: (number) =>
      call("POST /desk/dials", { body: { system, agent, number, id: crypto.randomUUID() } }),
  });
}

export function Dialled({ dial }: { readonly dial: Dial }) {
  if (dial.error !== null) return <ProblemNotice problem={dial.error} />;
  if (dial.data === undefined) return null;
  return <p role="status">{dial.data.answer ?? "The call waits for the telephone system."}</p>;
}
