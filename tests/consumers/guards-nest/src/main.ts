import "reflect-metadata";
import { Controller, Get, HttpCode, Injectable, Module, Post, Res } from "@nestjs/common";
import { type ModuleRef, NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { Request, Response } from "express";
import { ANY, type Guarded } from "rolegate/guard";
import { conversations } from "./desk.js";
import { RequireCan } from "./guard.js";

@Injectable()
class Conversations {
  readonly all = conversations.all;
  readonly find = conversations.find;
}

const find = ({ params }: Request, modules: ModuleRef) =>
  modules.get(Conversations, { strict: false }).find(String(params["id"]));

type Answer = Response<unknown, Guarded & Record<string, unknown>>;

@Controller()
class Desk {
  @Get("conversations")
  @RequireCan("conversations.view", ANY)
  async list(@Res({ passthrough: true }) { locals }: Answer) {
    return locals.gate.filter("conversations.view", await conversations.all());
  }

  @Post("conversations/:id/reply")
  @HttpCode(200)
  @RequireCan("conversations.reply", find)
  reply(@Res({ passthrough: true }) { locals }: Answer) {
    return { replied: locals.record, by: locals.gate.user };
  }

  @Get("hidden/:id")
  @RequireCan("conversations.view", find, { hide: true })
  hidden(@Res({ passthrough: true }) { locals }: Answer) {
    return locals.record;
  }
}

@Module({ controllers: [Desk], providers: [Conversations] })
class App {}

const app = await NestFactory.create<NestExpressApplication>(App, { logger: false });
await app.listen(process.env["PORT"] ?? 3000);
