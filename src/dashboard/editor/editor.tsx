import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { useEffect, useRef } from "react";
import { completions, type Vocabulary } from "./completion.ts";
import { jsonata } from "./language.ts";

/** What is wrong at a place; lines and columns count from 1. */
export interface Mark {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly cure: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** A place in a text; lines and columns count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const NO_MARKS: readonly Mark[] = [];

/** An editor, of a mapping or of any text. `text` is taken over when it differs from what was typed. */
export function Editor({
  name,
  text,
  onChange,
  vocabulary,
  marks = NO_MARKS,
  at = null,
}: {
  readonly name: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Of a mapping, which is told apart and completed by it; without it any text. */
  readonly vocabulary?: Vocabulary;
  readonly marks?: readonly Mark[];
  /** Where it is opened: that line is in view and selected, and takes what is typed. */
  readonly at?: TextPlace | null;
}) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ name, onChange, vocabulary, text });
  latest.current = { name, onChange, vocabulary, text };
  useEffect(() => {
    if (place.current === null) return;
    const opened = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          ...extensions(latest.current.name, (typed) => latest.current.onChange(typed)),
          ...(latest.current.vocabulary === undefined
            ? []
            : ofMapping(() => latest.current.vocabulary ?? NO_VOCABULARY)),
        ],
      }),
    });
    view.current = opened;
    return () => opened.destroy();
  }, []);
  const { line, column } = at ?? {};
  useEffect(() => {
    if (view.current !== null && line !== undefined) goTo(view.current, { line, column: column ?? 1 });
  }, [line, column]);
  useEffect(() => {
    const current = view.current;
    if (current === null || current.state.doc.toString() === text) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const current = view.current;
    if (current === null) return;
    current.dispatch(
      setDiagnostics(
        current.state,
        marks.flatMap((mark) => toDiagnostic(current.state.doc, mark)),
      ),
    );
  }, [marks]);
  return <div className="editor" ref={place} />;
}

const NO_VOCABULARY: Vocabulary = { functions: [], fields: [] };

function ofMapping(vocabulary: () => Vocabulary) {
  return [autocompletion({ override: [completions(vocabulary)] }), lintGutter(), jsonata];
}

function extensions(name: string, typed: (text: string) => void) {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  return [
    EditorView.cspNonce.of(nonce),
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    // What scrolls is reached by the keyboard, and says so also where a text is longer than the window.
    EditorView.contentAttributes.of({ "aria-label": name, tabindex: "0" }),
    // Tab leaves the editor, as in any field: whoever has no mouse must not be caught in it.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) typed(update.state.doc.toString());
    }),
  ];
}

/** Selects the line, with the cursor at its column. */
function goTo(view: EditorView, { line, column }: TextPlace): void {
  const { doc } = view.state;
  const found = doc.line(Math.min(line, doc.lines));
  const head = Math.min(found.to, found.from + column - 1);
  // What is selected reaches from the line's end to the column; from its begin where that is the last.
  const anchor = head === found.to ? found.from : found.to;
  view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(head, { y: "center" }) });
  view.focus();
}

/** From the place to the end of the word there. */
function toDiagnostic(doc: Text, { line, column, severity, message, cure }: Mark): Diagnostic[] {
  if (line === null || line > doc.lines) return [];
  const found = doc.line(line);
  const from = Math.min(found.to, found.from + Math.max(0, (column ?? 1) - 1));
  const word = /^[$\p{L}\p{N}_]+/u.exec(doc.sliceString(from, found.to))?.[0].length ?? 1;
  return [
    {
      from,
      to: Math.min(found.to, from + word),
      severity,
      message: cure === null ? message : `${message}\n${cure}`,
    },
  ];
}
