// Requests that are not answered, with their status.

/** What was wrong, told to whoever asked. Nothing of what they sent is in it. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export function refuse(status: number, message: string): never {
  throw new Refusal(status, message);
}

/** Something that is needed for an answer failed: it is told to `onError`, and to nobody else. */
export class Unavailable extends Refusal {
  constructor(cause: unknown) {
    super(503, "Service Unavailable");
    this.cause = cause;
  }
}

/** Asks a function of the application. */
export async function ask<T>(question: () => T | Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw new Unavailable(error);
  }
}
