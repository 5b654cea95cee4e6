// Compiled in the page: no step of the build knows Angular.
import "@angular/compiler";
import { ChangeDetectionStrategy, Component, Input, input, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { injectCan, injectGate, injectScope, provideRolegate, RolegateCan } from "rolegate/angular";
import { app, rows, sources } from "./screen.js";

const source = signal(app.sourceOf(app.startOf.source));
const late = signal(app.startOf.late);
const named = signal(app.startOf.named);
const record = signal({ id: 1 });
Object.assign(app, {
  source: (name) => source.set(app.sourceOf(name)),
  late: (value) => late.set(value),
  named: (value) => named.set(value),
  reactive: (changes) => record.update((before) => ({ ...before, ...changes })),
});

class Row {
  row = input.required();
  canReply = injectCan("c.reply", this.row);

  seen() {
    app.renders[this.row().id] += 1;
    return this.canReply();
  }
}
Input({ isSignal: true, alias: "row", required: true })(Row.prototype, "row");
Component({
  selector: "app-row",
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `@if (seen()) {
    <button type="button">Reply</button>
  }`,
})(Row);

class Inner {
  allowed = injectCan("c.reply");
}
Component({
  selector: "app-inner",
  template: `<p id="inner">{{ allowed() ? "open" : "closed" }}</p>`,
  providers: [provideRolegate(() => sources.none)],
})(Inner);

class Screen {
  rows = rows;
  late = late;
  gate = injectGate();
  scope = injectScope("c.reply");
  isNamed = injectCan(named);
  isReactive = injectCan("c.reply", record);
}
Component({
  selector: "app-screen",
  imports: [Inner, RolegateCan, Row],
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
    <ng-template #closed>closed</ng-template>
    <ng-template #pending>pending</ng-template>
    <ng-template #denied let-why>{{ why?.reason ?? "not-granted" }}</ng-template>
  `,
})(Screen);

let running;
app.mount = () => {
  document.querySelector("app-screen") ?? document.body.append(document.createElement("app-screen"));
  const providers = [provideZonelessChangeDetection(), provideRolegate(() => source())];
  running = bootstrapApplication(Screen, { providers });
};
app.unmount = async () => (await running).destroy();
app.mount();
