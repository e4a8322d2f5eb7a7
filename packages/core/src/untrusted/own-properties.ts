/**
 * The own properties of an object, without a prototype: what somebody put on `Object.prototype` is nobody's option, and
 * the caller's later changes do not count.
 */
export function ownProperties<T extends object>(given: T | undefined): T {
  return Object.assign(Object.create(null), given) as T;
}
