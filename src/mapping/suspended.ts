/**
 * Thrown by a host function that has no value yet. It leaves `evaluate` as it was thrown: whoever registered the
 * function gets the value and evaluates again. Other evaluations see nothing of it.
 */
export class Suspended extends Error {
  override readonly name: string = "Suspended";
}
