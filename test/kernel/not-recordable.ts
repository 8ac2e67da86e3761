/** A reason why namespaces cannot play a plan. */
export class NotRecordable extends Error {}
