/** How a number went over time, as bars; the figures stand in its text. */
export function Spark({
  values,
  label,
  bad = false,
}: {
  readonly values: readonly number[];
  readonly label: string;
  readonly bad?: boolean;
}) {
  const most = Math.max(1, ...values);
  const width = 4;
  return (
    <svg
      className={bad ? "spark bad" : "spark"}
      width={values.length * width}
      height={18}
      role="img"
      aria-label={`${label}: at most ${most} in an hour`}
    >
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(2, Math.round((value / most) * 18));
        const at = index * width;
        return (
          <rect
            // The place in time is what names a bar.
            key={at}
            x={at}
            y={18 - height}
            width={width - 1}
            height={height}
            fill="currentColor"
            opacity={value === 0 ? 0.25 : 1}
          />
        );
      })}
    </svg>
  );
}
