import { describeExample } from "../../test/mappings/describe-example.ts";

describeExample(new URL("example/", import.meta.url).pathname);
