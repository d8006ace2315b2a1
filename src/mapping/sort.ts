/** Whether `left` belongs after `right`. */
type Comparator = (left: unknown, right: unknown) => unknown;

/**
 * A stable merge sort. The comparisons are those the library makes, in its
 * order; its own sort copies the rest of the array at each of them, which takes minutes for a few hundred thousand.
 */
export function sortWith(values: readonly unknown[], isAfter: Comparator): readonly unknown[] {
  if (values.length <= 1) return values;
  const middle = Math.floor(values.length / 2);
  const left = sortWith(values.slice(0, middle), isAfter);
  const right = sortWith(values.slice(middle), isAfter);
  return merge(left, right, isAfter);
}

function merge(left: readonly unknown[], right: readonly unknown[], isAfter: Comparator): unknown[] {
  const merged: unknown[] = [];
  let fromLeft = 0;
  let fromRight = 0;
  while (fromLeft < left.length && fromRight < right.length) {
    const swap = isAfter(left[fromLeft], right[fromRight]);
    merged.push(swap ? right[fromRight++] : left[fromLeft++]);
  }
  return merged.concat(left.slice(fromLeft), right.slice(fromRight));
}
