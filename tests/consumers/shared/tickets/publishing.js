import { isRolegateError } from "rolegate";
import { publish } from "rolegate/edge";
import { verifier } from "rolegate/signed";

const STATUS = { "old-revision": 409, "fetch-failed": 503, storage: 503 };

/** Verifies what somebody with the private key has signed for a tenant. */
export function verifierOf(keys) {
  return (bytes, tenant) => verifier(keys, { tenant, subject: null })(bytes);
}

/** Publishes a signed snapshot, if it follows the one that is there. Gives the status and the body of an answer. */
export async function publishTo(source, tenant, jws, verify) {
  try {
    const { bytes } = await verify(new TextEncoder().encode(jws), tenant);
    const { revision } = await publish(source, bytes, { tenant, sign: async () => jws, verify });
    return { status: 200, revision };
  } catch (error) {
    if (!isRolegateError(error)) throw error;
    return { status: STATUS[error.code] ?? 400, code: error.code, revision: error.current?.revision };
  }
}
