import { type ApplicationRef, ChangeDetectionStrategy, Component, input, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { provideRouter, Router, RouterOutlet } from "@angular/router";
import { injectCan, injectGate, injectScope, provideRolegate, RolegateCan } from "rolegate/angular";
import { detection } from "./detection.js";
import { routes } from "./routes.js";
import { app, rows, sources } from "./screen.js";

const source = signal(app.sourceOf(app.startOf.source));
const late = signal(app.startOf.late);
const named = signal(app.startOf.named);
const record = signal<object>({ id: 1 });
Object.assign(app, {
  source: (name: string) => source.set(app.sourceOf(name)),
  late: (value: object | null | undefined) => late.set(value),
  named: (value: string) => named.set(value),
  reactive: (changes: object) => record.update((before) => ({ ...before, ...changes })),
});

@Component({
  selector: "app-row",
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `@if (seen()) {
    <button type="button">Reply</button>
  }`,
})
class Row {
  readonly row = input.required<(typeof rows)[number]>();
  readonly canReply = injectCan("c.reply", this.row);

  seen(): boolean {
    app.renders[this.row().id]! += 1;
    return this.canReply();
  }
}

@Component({
  selector: "app-inner",
  template: `<p id="inner">{{ allowed() ? "open" : "closed" }}</p>`,
  providers: [provideRolegate(() => sources.none)],
})
class Inner {
  readonly allowed = injectCan("c.reply");
}

@Component({
  selector: "app-screen",
  imports: [Inner, RolegateCan, RouterOutlet, Row],
  template: `
    <p id="any"><span *rolegateCan="'c.reply'; else: closed">open</span></p>
    <p id="named">{{ isNamed() ? "open" : "closed" }}</p>
    <p id="late"><span *rolegateCan="'c.reply'; on: late(); else: closed; pending: pending">open</span></p>
    <p id="reactive">{{ isReactive() ? "open" : "closed" }}</p>
    <p id="scope">{{ scope().kind }}</p>
    <p id="why"><span *rolegateCan="'c.close'; else: denied">open</span></p>
    <p id="gate">{{ gate().can("c.reply", rows[7]) ? "open" : "closed" }}</p>
    <app-inner />
    <ul id="rows">
      @for (row of rows; track row.id) {
        <li><app-row [row]="row" /></li>
      }
    </ul>
    <router-outlet />
    <ng-template #closed>closed</ng-template>
    <ng-template #pending>pending</ng-template>
    <ng-template #denied let-why>{{ why?.reason ?? "not-granted" }}</ng-template>
  `,
})
class Screen {
  readonly rows = rows;
  readonly late = late;
  readonly gate = injectGate();
  readonly scope = injectScope("c.reply");
  readonly isNamed = injectCan(named);
  readonly isReactive = injectCan("c.reply", record);
}

let running: Promise<ApplicationRef>;
app["mount"] = () => {
  document.querySelector("app-screen") ?? document.body.append(document.createElement("app-screen"));
  running = bootstrapApplication(Screen, {
    providers: [detection, provideRouter(routes), provideRolegate(() => source())],
  });
};
app["unmount"] = async () => (await running).destroy();
app["isStable"] = async () => {
  const stable = (await running).whenStable().then(() => true);
  return Promise.race([stable, new Promise((done) => setTimeout(done, 1000, false))]);
};
app["visit"] = async (path: string) => {
  const router = (await running).injector.get(Router);
  await router.navigateByUrl(path);
  return router.url;
};
(app["mount"] as () => void)();
