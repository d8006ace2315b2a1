import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";

/** From page to page. A page may be short and not the last: only the hub knows. */
export function Pager<Cursor extends string | number>({
  shown,
  cursor,
  next,
  onCursor,
}: {
  readonly shown: number;
  readonly cursor: Cursor | undefined;
  readonly next: Cursor | null;
  readonly onCursor: (cursor: Cursor | undefined) => void;
}) {
  const { history } = useRouter();
  if (cursor === undefined && next === null)
    return shown === 0 ? null : <div className="foot">{shown} in all</div>;
  return (
    <nav className="foot" aria-label="Pages">
      {cursor === undefined ? null : (
        <>
          <Button size="compact-xs" variant="default" onClick={() => onCursor(undefined)}>
            Newest
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => history.back()}>
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
