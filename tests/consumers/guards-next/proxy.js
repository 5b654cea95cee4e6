import { NextResponse } from "next/server";
import { ANY } from "rolegate/guard";
import { requireCan } from "./guard";

export const proxy = requireCan("conversations.view", ANY)(() => NextResponse.next());

export const config = { matcher: "/reports/:path*" };
