/** `flow.yaml` as it is written, once it keeps to `flow.schema.json`; the schema says what each key means. */
export interface RawFlow {
  readonly apiVersion: "tieline/v1";
  readonly description?: string;
  readonly source: { readonly topic: string } | RawSystemSource;
  readonly schedule?: {
    readonly cron: string;
    readonly zone: string;
    readonly window?: string;
    readonly misfire?: "run-once" | "skip" | "catch-up";
  };
  readonly accepts?: string;
  readonly key: string;
  readonly version?: string;
  readonly event?: string;
  readonly record?: string;
  readonly carries?: "state" | "change";
  readonly conflict?: "refuse" | "newer" | "ignore";
  readonly eventWindow?: string;
  readonly map?: string;
  readonly emits?: string;
  readonly routes: readonly RawRoute[];
  readonly guard?: { readonly rejected?: string };
  readonly onError?: {
    readonly transient?: { readonly retries?: number; readonly backoff?: string };
    readonly data?: "reject-row" | "park";
    readonly "missing-reference"?: string;
  };
  readonly publish?: boolean;
  readonly allowFallback?: boolean;
  readonly limits?: { readonly deadline?: string; readonly body?: string };
}

interface RawSystemSource {
  readonly system: string;
  readonly read: string;
  readonly format?: RawFormat;
  readonly poll?: string;
}

export type RawRoute = ({ readonly to: string } | { readonly topic: string }) & {
  readonly when?: string;
  readonly onPark?: "block" | "skip";
  readonly collect?: RawCollect;
};

export interface RawCollect {
  readonly until: string;
  readonly zone: string;
  readonly rows?: number;
}

export type RawFormat =
  | "json"
  | "jsonl"
  | "csv"
  | "edifact"
  | "x12"
  | "mt940"
  | "vcard"
  | { readonly json: { readonly record?: string } }
  | { readonly jsonl: Readonly<Record<string, never>> }
  | { readonly csv: RawCsv }
  | { readonly xml: RawXml }
  | {
      readonly fixed: { readonly layout: string; readonly encoding?: string; readonly recordLimit?: string };
    }
  | { readonly edifact: RawEdi }
  | { readonly x12: RawEdi }
  | { readonly mt940: RawText }
  | { readonly vcard: RawText }
  | { readonly cobol: RawCobol };

export interface RawEdi {
  readonly groups?: readonly string[];
  readonly trailers?: "refuse" | "ignore";
  readonly encoding?: string;
  readonly recordLimit?: string;
}

export interface RawText {
  readonly encoding?: string;
  readonly recordLimit?: string;
}

interface RawCobol {
  readonly copybook: string;
  readonly encoding?: string;
  readonly records?: "fixed" | "rdw" | "rdw-little-endian" | "lines";
  readonly comp5?: "big-endian" | "little-endian";
}

export interface RawCsv {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly escape?: string;
  readonly encoding?: string;
  readonly header?: true | readonly string[];
  readonly columns?: readonly string[];
  readonly trim?: boolean;
  readonly comment?: string;
  readonly empty?: "missing" | "null" | null;
  readonly recordLimit?: string;
}

interface RawXml {
  readonly record: string;
  readonly arrays?: readonly string[];
  readonly attributes?: string;
  readonly text?: string;
  readonly namespaces?: "strip" | "keep";
  readonly encoding?: string;
}
