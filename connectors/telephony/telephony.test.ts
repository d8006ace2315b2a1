import { describeConnector } from "../../test/conformance/connector.ts";
import telephony from "./index.ts";

describeConnector("telephony", telephony, {
  settings: ({ inbox }) => ({
    callRecords: { calls: { inbox: inbox("calls"), pattern: "cdr-*.csv", stable: 10 } },
  }),
  wrongSettings: [{}, { callRecords: { calls: { inbox: "", pattern: "*" } } }],
  files: { calls: { name: "cdr-2026-11-01.csv", content: "start,from,to\n" } },
});
