/**
 * Deletes the event ids that tell of these messages: one that a newer message has taken meanwhile stays.
 * @param places a condition on a place, as SQL
 */
export function eventsOf(places: string): string {
  return `DELETE FROM event e USING message m
    WHERE m.place = ${places} AND e.flow = m.flow AND e.id = m.event AND e.message = m.place`;
}
