/**
 * Deletes the event ids that tell of these messages. By columns, not by pairs of them: for those SQLite reads all event ids
 * of a flow.
 * @param places a list of places, as SQL
 */
export function eventsOf(places: string): string {
  return `DELETE FROM event WHERE flow IN (SELECT flow FROM message WHERE place IN ${places})
    AND id IN (SELECT event FROM message WHERE place IN ${places}) AND message IN ${places}`;
}
