// The de-identification engine's place. Nothing detects yet: without a method record in force `deid-cloud` is refused.

/** Version of the engine that method records name; 0: there is none. */
export const ENGINE_VERSION = 0;
