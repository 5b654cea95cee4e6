import { answer } from "./service";
import { tenant } from "./tenant";

/** Answers `/middleware/reply/…` itself. */
export async function middleware(request) {
  const address = new URL(request.url.replace("/middleware/", "/"));
  return answer(await tenant, new Request(address, { headers: request.headers }));
}

export const config = { matcher: "/middleware/:path*" };
