import { applyDecorators, type ArgumentsHost, type CanActivate, Catch, type ExceptionFilter } from "@nestjs/common";
import { type ExecutionContext, HttpException, Inject, UseFilters, UseGuards } from "@nestjs/common";
import { ModuleRef } from "@nestjs/core";
import type { Request, Response } from "express";
import { type Asked, checkerOf, type Refusal } from "rolegate/guard";
import { gateOf } from "./desk.js";

type Given = [request: Request, modules: ModuleRef];
const checkOf = checkerOf<Given>({ gate: (request) => gateOf(request.get("x-user")), onError: console.error });

class Refused extends HttpException {
  constructor(readonly told: Refusal) {
    super(told.refusal, told.refusal.status);
  }
}

@Catch(Refused)
class AsProblem implements ExceptionFilter<Refused> {
  catch({ told: { refusal, headers } }: Refused, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse<Response>();
    response.status(refusal.status).set(headers).send(JSON.stringify(refusal));
  }
}

/** For a handler or a controller. What finds the record is given the request, and where services are. */
export function RequireCan(...asked: Asked<Given>) {
  const check = checkOf(...asked);
  class Guard implements CanActivate {
    constructor(@Inject(ModuleRef) private readonly modules: ModuleRef) {}
    async canActivate(context: ExecutionContext) {
      const http = context.switchToHttp();
      const verdict = await check(http.getRequest(), this.modules);
      if (verdict.refusal !== undefined) throw new Refused(verdict);
      Object.assign(http.getResponse<Response>().locals, verdict);
      return true;
    }
  }
  return applyDecorators(UseGuards(Guard), UseFilters(AsProblem));
}
