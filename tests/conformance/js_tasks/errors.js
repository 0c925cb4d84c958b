/** Errors, and what is not a result. */

class ValueError extends Error {}

class GatewayError extends Error {
  static module = "tests.conformance.gateway";

  constructor(code, text) {
    super(`${code} ${text}`);
    this.args = [code, text];
  }
}

class OnlyHereError extends Error {}

class TwoArgumentsError extends Error {
  constructor(message, other) {
    super(message);
    this.other = other;
  }
}

class TwoValuesError extends ValueError {
  constructor(message, other) {
    super(message);
    this.other = other;
  }
}

export function fail(message) {
  throw new ValueError(message);
}

export function refuse(code, text) {
  throw new GatewayError(code, text);
}

export function refuse_with_two(message) {
  throw new TwoArgumentsError(message, 2);
}

export function refuse_two_values(message) {
  throw new TwoValuesError(message, 2);
}

/** An error whose class no client has. */
export function refuse_by_name(message) {
  throw new OnlyHereError(message);
}

/** An error with another one as its cause. */
export function wrap(message) {
  try {
    fail(message);
  } catch (cause) {
    throw Object.assign(new GatewayError(502, "bad gateway"), { cause });
  }
}

export const return_function = () => ({ handlers: [() => {}] });

export const return_bigint = () => ({ total: 1n });

export function return_cycle() {
  const node = /** @type {{ name: string, children?: unknown[] }} */ ({ name: "a" });
  node.children = [node];
  return node;
}
