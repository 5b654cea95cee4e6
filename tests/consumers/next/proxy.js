import { answer } from "./service";
import { tenant } from "./tenant";

/** Answers `/proxy/reply/…` itself. */
export async function proxy(request) {
  const address = new URL(request.url.replace("/proxy/", "/"));
  return answer(await tenant, new Request(address, { headers: request.headers }));
}

export const config = { matcher: "/proxy/:path*" };
