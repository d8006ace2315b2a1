import { Type } from "@sinclair/typebox";

/** A cause of failures as it stands in addresses; see `causeText`. */
export const CauseText = Type.String({
  pattern: "^[0-9a-f]{12}(\\.[0-9]{1,15})?$",
  description: "Of /error-groups: with the group's flow and state, those that failed for this reason",
});
