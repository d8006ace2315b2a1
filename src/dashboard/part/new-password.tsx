import { PasswordInput } from "@mantine/core";

/** Where a password is chosen, as the hub takes it. @param hint what else there is to know */
export function NewPassword({
  label,
  hint = "",
  value,
  onValue,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}) {
  return (
    <PasswordInput
      mt="xs"
      label={label}
      description={`At least 12 characters${hint}`}
      value={value}
      minLength={12}
      maxLength={256}
      autoComplete="new-password"
      required
      onChange={(event) => onValue(event.currentTarget.value)}
    />
  );
}
