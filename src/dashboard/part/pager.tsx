import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";

/** From page to page. A page may be short and not the last: only the hub knows. */
export function Pager<Cursor extends string | number>({
  shown,
  cursor,
  next,
  name = "Pages",
  onCursor,
  onBack,
}: {
  readonly shown: number;
  readonly cursor: Cursor | undefined;
  readonly next: Cursor | null;
  /** What the pages are of, where a screen has several lists. */
  readonly name?: string;
  readonly onCursor: (cursor: Cursor | undefined) => void;
  /** Back to the page before, where the address does not tell which page is shown. */
  readonly onBack?: () => void;
}) {
  const { history } = useRouter();
  if (cursor === undefined && next === null)
    return shown === 0 ? null : <div className="foot">{shown} in all</div>;
  return (
    <nav className="foot" aria-label={name}>
      {cursor === undefined ? null : (
        <>
          <Button size="compact-xs" variant="default" onClick={() => onCursor(undefined)}>
            Newest
          </Button>
          <Button size="compact-xs" variant="default" onClick={onBack ?? (() => history.back())}>
            Back
          </Button>
        </>
      )}
      <span>{shown} on this page</span>
      {next === null ? (
        <span>nothing older</span>
      ) : (
        <Button size="compact-xs" variant="default" onClick={() => onCursor(next)}>
          Older
        </Button>
      )}
    </nav>
  );
}
