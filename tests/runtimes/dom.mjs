// `rolegate/dom` in real pages: what is hidden, what does not act, what is said why, and what it costs.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { acme, NOW } from "../package/acme.mjs";
import { equal, ok, Report } from "../package/report.mjs";
import { html, importMap } from "./browser.mjs";
import { TESTS } from "./installed.mjs";

/** Everybody owns what is theirs. */
const OWN = { "c.reply": "own", "c.view": true };
const NEUTRAL = "You do not have permission to do this.";

/** What tests use in the page, and a world that most of them ask about. */
const SCRIPT = `<script type="module">
  import * as dom from "rolegate/dom";
  import { restore } from "rolegate/lite";
  import { allowAll, denyAll, testGate, testStore } from "rolegate/testing";

  const own = testGate(${JSON.stringify(OWN)}, { user: "ana" });
  const rows = new Map([["1", { owner: "ana" }], ["2", { owner: "bo" }]]);
  const resource = (element) => rows.get(element.closest("[data-row]")?.dataset.row);
  /** What was done by the buttons, links and forms of the page. */
  const done = [];
  const denied = [];
  addEventListener("rolegate-denied", ({ target, detail }) => denied.push([target.id, detail]));
  const act = (name) => (event) => (event.preventDefault(), done.push(name));
  const listening = (store) => {
    const { subscribe } = store;
    const counted = { gate: undefined, status: undefined, count: 0 };
    return Object.defineProperties(counted, {
      gate: { get: () => store.gate },
      status: { get: () => store.status },
      subscribe: { value: (listener) => {
        counted.count += 1;
        const stop = subscribe(listener);
        return () => ((counted.count -= 1), stop());
      } },
    });
  };
  const frame = () => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  const states = () => Object.fromEntries([...document.querySelectorAll("[data-can][id]")].map((it) => [it.id, it.dataset.canState ?? "none"]));
  const isSeen = (id) => document.getElementById(id).checkVisibility();
  const whyOf = (id) =>
    (document.getElementById(id).getAttribute("aria-describedby") ?? "").split(" ").map((it) => document.getElementById(it)?.textContent ?? it).join(" ");
  const put = (markup) => ((document.querySelector("main").innerHTML = markup), document.querySelector("main"));
  Object.assign(window, { ...dom, dom, restore, allowAll, denyAll, testGate, testStore, own, rows, resource, done, denied, act, listening, frame, states, isSeen, whyOf, put });
  window.isLoaded = true;
</script><main></main>`;

/** Closed ones stay, and say why. */
const MODE = 'data-can-mode="disable"';

/** @param browser of playwright */
export async function dom(browser, { library, server }) {
  const report = new Report();
  const { load } = await import(pathToFileURL(join(library.folder, "entries/node.js")).href);
  const { testGate } = await import(pathToFileURL(join(library.folder, "testing/index.js")).href);
  const explained = (await load(acme())).for("ana", { now: NOW }).toJSON({ explain: true });
  server.pages.set("/dom", html(importMap(library) + SCRIPT));
  const test = (name, body, { isReported = false, ...options } = {}) =>
    report.test(name, async () => {
      const context = await browser.newContext(options);
      try {
        const tab = await context.newPage();
        const errors = [];
        tab.on("pageerror", (error) => errors.push(error.message));
        await tab.goto(`${server.origin}/dom`);
        await tab.waitForFunction("window.isLoaded");
        await body(tab, errors);
        if (!isReported) equal(errors, [], "errors on the page");
      } finally {
        await context.close();
      }
    });
  for (const part of [showing, closing, forms, saying, changing, ending, many, elements])
    await part(test, { explained });
  await pages(report, browser, server, testGate(OWN, { user: "ana" }).toJSON());
  return report.result();
}

async function showing(test) {
  await test("hidden exactly where the answer is no", async (tab) => {
    const found = await tab.evaluate(() => {
      put(`
        <p id="yes" data-can="c.view"></p><p id="no" data-can="c.close"></p>
        <div data-row="1"><p id="mine" data-can="c.reply"></p></div>
        <div data-row="2"><p id="others" data-can="c.reply"></p><p id="any" data-can="c.reply" data-can-any></p></div>
        <p id="unknown" data-can="c.reply"></p><p id="empty" data-can=""></p>
        <p id="mode" data-can="c.close" data-can-mode="disabled"></p>
        <p id="outer" data-can="c.close"><b id="inner" data-can="c.view"></b></p>`);
      bind(document, own, { resource });
      return [states(), ["inner", "no", "others", "yes"].map(isSeen)];
    });
    const expected = {
      yes: "open",
      no: "hidden",
      mine: "open",
      others: "hidden",
      any: "open",
      unknown: "hidden",
    };
    equal(found[0], { ...expected, empty: "hidden", mode: "hidden", outer: "hidden", inner: "open" });
    equal(found[1], [false, false, false, true]);
  });

  await test("without `resource` the question is about no record", async (tab) => {
    equal(
      await tab.evaluate(() => (put('<p id="a" data-can="c.reply"></p>'), bind(document, own), states())),
      { a: "open" },
    );
  });

  await test("no record, one that is not there, and one that cannot be found are the same: closed", async (tab) => {
    const found = await tab.evaluate(() => {
      put('<p id="a" data-can="c.reply"></p>');
      const ways = [
        () => null,
        () => undefined,
        () => {
          throw new Error("x");
        },
        undefined,
      ];
      return ways.map((resource) => {
        const unbind = bind(document, own, { resource });
        const { a } = states();
        unbind();
        return a;
      });
    });
    equal(found, ["hidden", "hidden", "hidden", "hidden"]);
  });

  await test("a name may have any characters", async (tab) => {
    const found = await tab.evaluate(() => {
      const names = [
        "__proto__",
        "constructor",
        'a"b',
        "a,b c",
        "]{}",
        "é\u0301",
        "\u{1f600}",
        "<b>",
        "\\",
        "\n",
      ];
      const main = put("");
      for (const name of names) {
        main.append(document.createElement("p"));
        main.lastChild.setAttribute("data-can", name);
      }
      const read = () => [...main.children].map((it) => it.dataset.canState).join();
      const unbind = bind(main, testGate(names));
      const open = read();
      unbind();
      bind(main, testGate(["x"]));
      return [open, read(), names.length];
    });
    equal(found, [Array(10).fill("open").join(), Array(10).fill("hidden").join(), 10]);
  });

  await test("what is not an option, a source or gate data is refused", async (tab) => {
    const codes = await tab.evaluate(() => {
      const codeOf = (ask) => {
        try {
          return ask();
        } catch (error) {
          return `${error.code}: ${error.message}`;
        }
      };
      return [
        () => bind(document, own, { resources: () => null }),
        () => bind(document, undefined),
        () => bind(document, {}),
      ].map(codeOf);
    });
    ok(/^bad-options: .*did you mean resource/.test(codes[0]), codes[0]);
    ok(codes[1].startsWith("bad-options: ") && codes[2].startsWith("bad-gate-data: "), codes.join("\n"));
  });

  await test("the root counts; templates, and what is outside, stay as they are", async (tab) => {
    const found = await tab.evaluate(async () => {
      const main = put(
        '<template><p id="t" data-can="c.view"></p></template><p id="in" data-can="c.close"></p>',
      );
      main.id = "main";
      main.setAttribute("data-can", "c.view");
      document.body.insertAdjacentHTML("beforeend", '<p id="out" data-can="c.view"></p>');
      bind(main, own);
      const template = main.querySelector("template");
      const before = template.innerHTML;
      main.append(template.content.cloneNode(true));
      await null;
      return [states(), before === template.innerHTML, isSeen("out")];
    });
    equal(found, [{ main: "open", in: "hidden", t: "open", out: "none" }, true, false]);
  });

  await test("a shadow root is a root of its own", async (tab) => {
    const found = await tab.evaluate(async () => {
      const shadow = put("<div></div>").firstChild.attachShadow({ mode: "open" });
      shadow.innerHTML = `<p data-can="c.view"></p><p data-can="c.close"></p><button data-can="c.close" data-can-mode="disable">A</button>`;
      const unbind = bind(document, own);
      const untouched = [...shadow.children].map((it) => it.hasAttribute("data-can-state"));
      unbind();
      bind(shadow, own);
      const [open, hidden, button] = shadow.children;
      button.addEventListener("click", act("shadow"));
      button.click();
      return [
        untouched,
        open.checkVisibility(),
        hidden.checkVisibility(),
        shadow.getElementById(button.getAttribute("aria-describedby")).textContent,
        done,
      ];
    });
    equal(found.slice(0, 3), [[false, false, false], true, false]);
    ok(/c\.close/.test(found[3]) || found[3] === NEUTRAL, found[3]);
    equal(found[4], []);
  });

  await test("what is hidden stays so without the line of CSS, and wherever the root goes", async (tab) => {
    const found = await tab.evaluate(async () => {
      const main = put(
        '<p id="a" data-can="c.close" style="color: red"></p><p id="b" data-can="c.view"></p>',
      );
      const store = testStore(own);
      const unbind = bind(document, store);
      document.adoptedStyleSheets = [];
      const [a] = main.children;
      const seen = [isSeen("a")];
      for (const style of ["display: block", "display: flex !important"]) {
        a.style.cssText = style;
        await frame();
        seen.push(isSeen("a"));
      }
      a.removeAttribute("style");
      await frame();
      seen.push(isSeen("a"));
      a.style.display = "inline-block";
      store.emit(["c.close"]);
      seen.push(a.style.cssText);
      a.style.display = "";
      await frame();
      seen.push(isSeen("a"), isSeen("b"));
      unbind();
      seen.push(isSeen("a"), isSeen("b"));

      const root = document.createElement("div");
      root.innerHTML = '<p data-can="c.close"></p>';
      bind(root, own);
      put("<div></div>").firstChild.attachShadow({ mode: "open" }).append(root);
      return [...seen, root.firstChild.checkVisibility()];
    });
    equal(found, [false, false, false, false, "display: inline-block;", true, false, false, false, false]);
  });

  await test("an element belongs to the binding that was first; afterwards the other takes over", async (tab) => {
    const found = await tab.evaluate(async () => {
      put('<p id="a" data-can="c.view"></p><section><p id="b" data-can="c.view"></p></section>');
      const inner = bind(document.querySelector("section"), denyAll());
      bind(document, own);
      const nested = states();
      inner();
      await null;
      return [nested, states()];
    });
    equal(found, [
      { a: "open", b: "hidden" },
      { a: "open", b: "open" },
    ]);
  });
}

async function closing(test) {
  const BUTTONS = `
    <button id="button" data-can="c.close" ${MODE}>Close</button><a id="link" href="#followed" data-can="c.close" ${MODE}>Close</a>
    <div id="role" role="button" tabindex="0" data-can="c.close" ${MODE}>Close</div>
    <section data-can="c.close" ${MODE} role="group"><button id="inside">Close</button></section>
    <input id="text" aria-label="t" data-can="c.close" ${MODE}><select id="select" aria-label="s" data-can="c.close" ${MODE}><option>1<option>2</select>
    <input id="box" type="checkbox" aria-label="b" data-can="c.close" ${MODE}><button id="open" data-can="c.view" ${MODE}>Open</button>`;
  const IDS = ["button", "link", "role", "inside", "box", "open"];
  const prepare = (tab) =>
    tab.evaluate(
      ([markup, ids]) => {
        put(markup);
        bind(document, own);
        for (const id of ids) {
          const element = document.getElementById(id);
          for (const type of ["click", "auxclick", "dblclick"])
            element.addEventListener(type, () => done.push(`${id} ${type}`));
          // As an application does it for what is no button.
          element.addEventListener(
            "keydown",
            ({ key }) => (key === "Enter" || key === " ") && done.push(`${id} ${key}`),
          );
        }
        document.addEventListener("click", ({ target }) => done.push(`${target.id} at the document`), true);
      },
      [BUTTONS, IDS],
    );

  await test("what is closed does not act on a click, by whatever it is made", async (tab) => {
    await prepare(tab);
    for (const id of IDS) {
      const element = tab.locator(`#${id}`);
      await element.click({ force: true });
      await element.dblclick({ force: true });
      await element.click({ button: "middle", force: true });
      await element.evaluate((it) => it.click());
    }
    equal(await tab.evaluate("done.filter((it) => !it.startsWith('open'))"), []);
    equal(await tab.evaluate("done.filter((it) => it === 'open click').length"), 4);
    equal(await tab.evaluate("done.filter((it) => it === 'open auxclick').length"), 1);
    equal([await tab.evaluate("location.hash"), await tab.locator("#box").isChecked()], ["", false]);
  });

  await test("nor on Enter or Space; and the keyboard gets to it and on", async (tab) => {
    await prepare(tab);
    const stops = [];
    await tab.evaluate(() => document.querySelector("#button").focus());
    for (const id of ["button", "link", "role", "inside", "text", "select", "box", "open"]) {
      stops.push(await tab.evaluate("document.activeElement.id"));
      if (id !== "text" && id !== "select")
        for (const key of ["Enter", "Space"]) await tab.keyboard.press(key);
      await tab.keyboard.press("Tab");
    }
    equal(stops, ["button", "link", "role", "inside", "text", "select", "box", "open"]);
    equal(await tab.evaluate("done.filter((it) => !it.startsWith('open'))"), []);
    ok((await tab.evaluate("done.join()")).includes("open click"), "an open one acts");
    equal([await tab.evaluate("location.hash"), await tab.locator("#box").isChecked()], ["", false]);
  });

  await test("fields that are closed keep what they have", async (tab) => {
    await prepare(tab);
    await tab.locator("#text").focus();
    await tab.keyboard.type("abc");
    await tab.keyboard.insertText("d");
    await tab.locator("#select").focus();
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.type("2");
    equal([await tab.locator("#text").inputValue(), await tab.locator("#select").inputValue()], ["", "1"]);
  });

  await test("nor do they get files that are dropped on them", async (tab) => {
    await tab.evaluate((mode) => {
      put(`<input id="open" type="file"><input id="closed" type="file" data-can="c.close" ${mode}>`);
      bind(document, own);
    }, MODE);
    const client = await tab.context().newCDPSession(tab);
    const data = { items: [], files: [fileURLToPath(import.meta.url)], dragOperationsMask: 1 };
    for (const id of ["open", "closed"]) {
      const { x, y } = await tab.locator(`#${id}`).boundingBox();
      for (const type of ["dragEnter", "dragOver", "drop"])
        await client.send("Input.dispatchDragEvent", { type, x: x + 9, y: y + 9, data });
    }
    await tab.waitForFunction("document.getElementById('open').files.length === 1");
    equal(await tab.evaluate("document.getElementById('closed').files.length"), 0);
  });

  await test("a page is told once of what was stopped", async (tab) => {
    await prepare(tab);
    await tab.locator("#button").click({ force: true });
    await tab.locator("#button").press("Enter");
    const denied = await tab.evaluate("denied");
    equal(
      denied.map(([id]) => id),
      ["button", "button"],
    );
    equal(denied[0][1], await tab.evaluate("whyOf('button')"));
  });

  await test("an element that was added a moment ago does not act either", async (tab) => {
    equal(
      await tab.evaluate(() => {
        const main = put("");
        bind(document, own);
        main.innerHTML = '<button data-can="c.close"></button>';
        main.firstChild.onclick = act("new");
        main.firstChild.click();
        main.firstChild.setAttribute("data-can", "c.view");
        main.firstChild.click();
        main.firstChild.setAttribute("data-can", "c.close");
        main.firstChild.click();
        return done;
      }),
      ["new"],
    );
  });
}

async function forms(test) {
  const FORM = (attributes, ...buttons) =>
    `<form id="form" ${attributes}><input name="text" id="field">${buttons.join("")}</form>`;
  const CLOSED = `data-can="c.close"`;
  const closed = (extra = "") => `<button id="closed" ${CLOSED} ${extra}>Close</button>`;
  const OPEN = '<button id="open" data-can="c.view">Save</button>';
  /** Which ways of submitting get through. */
  const ways = async (tab, markup) => {
    await tab.evaluate((it) => {
      put(it);
      done.length = 0;
      window.unbind?.();
      window.unbind = bind(document, own);
      document.querySelector("form").addEventListener("submit", act("submit"));
    }, markup);
    const found = [];
    const attempt = async (name, action) => {
      await tab.evaluate("done.length = 0");
      await action();
      if (await tab.evaluate("done.length > 0")) found.push(name);
    };
    await attempt("Enter in a field", () => tab.locator("#field").press("Enter"));
    await attempt("requestSubmit()", () =>
      tab.evaluate(() => HTMLFormElement.prototype.requestSubmit.call(document.querySelector("form"))),
    );
    for (const id of ["closed", "open"]) {
      await attempt(`click ${id}`, () => tab.evaluate((it) => document.getElementById(it)?.click(), id));
      await attempt(`requestSubmit(${id})`, () =>
        tab.evaluate((it) => {
          const button = document.getElementById(it);
          if (button !== null)
            HTMLFormElement.prototype.requestSubmit.call(document.querySelector("form"), button);
        }, id),
      );
    }
    return found;
  };
  const ALL = ["Enter in a field", "requestSubmit()", "click open", "requestSubmit(open)"];

  for (const mode of ["", MODE]) {
    await test(`a form is not submitted by a button that is closed (${mode || "hidden"})`, async (tab) => {
      equal(await ways(tab, FORM("", OPEN)), ALL, "open");
      equal(await ways(tab, FORM("", closed(mode))), []);
      equal(await ways(tab, FORM("", OPEN, closed(mode))), ALL, "an open default button");
      equal(
        await ways(tab, FORM("", closed(mode), OPEN)),
        ["click open", "requestSubmit(open)"],
        "a closed default button",
      );
      equal(await ways(tab, FORM("") + closed(`form="form" ${mode}`)), [], "a button elsewhere");
      equal(
        await ways(tab, FORM("", `<input type="image" alt="Close" id="closed" ${CLOSED} ${mode}>`)),
        [],
        "an image",
      );
      equal(
        await ways(
          tab,
          FORM("", `<fieldset ${CLOSED} ${mode}><button id="closed">Close</button></fieldset>`),
        ),
        [],
        "a set of fields",
      );
    });
    await test(`nor where the form is around what is bound, or elsewhere (${mode || "hidden"})`, async (tab) => {
      const found = await tab.evaluate((button) => {
        const ask = (markup, isBoundBefore) => {
          const main = put(markup);
          const section = main.querySelector("section");
          const { parentNode } = section;
          if (isBoundBefore) section.remove();
          const unbind = bind(section, own);
          parentNode.append(section);
          const form = main.querySelector("form");
          form.addEventListener("submit", act("submit"));
          form.requestSubmit();
          form.requestSubmit(document.getElementById("closed"));
          unbind();
          return done.splice(0).length;
        };
        return [
          ask(`<form><section>${button}</section></form>`),
          ask(`<form><section>${button}</section></form>`, true),
          ask(
            `<form id="form"></form><section>${button.replace("<button", '<button form="form"')}</section>`,
          ),
          ask(`<form><button>Save</button><section>${button}</section></form>`),
        ];
      }, closed(mode));
      equal(found, [0, 0, 0, 1]);
    });
    await test(`nor one that is closed itself (${mode || "hidden"})`, async (tab) => {
      const fields = await ways(tab, FORM(`${CLOSED} ${mode}`, '<button id="open">Save</button>')).catch(
        (error) => [error.message],
      );
      equal(
        fields.filter((it) => !it.includes("Timeout")),
        [],
      );
      equal(await tab.evaluate("done"), []);
    });
    await test(`nor where fields have the names of a form's properties (${mode || "hidden"})`, async (tab) => {
      const names = [
        "elements",
        "contains",
        "matches",
        "closest",
        "parentNode",
        "id",
        "submit",
        "form",
        "isConnected",
        "children",
        "nodeType",
      ];
      const fields = names.map((name) => `<input name="${name}" aria-label="${name}">`).join("");
      equal(await ways(tab, FORM("", fields, closed(mode))), []);
      equal(await ways(tab, FORM('data-can="c.view"', fields, closed(mode))), []);
      equal(await ways(tab, FORM("", fields, OPEN)), ALL);
    });
  }
}

async function saying(test, { explained }) {
  /** The accessible description, as Chromium computes it. */
  const heard = async (tab, id) => {
    const client = await tab.context().newCDPSession(tab);
    const { result } = await client.send("Runtime.evaluate", {
      expression: `document.getElementById("${id}")`,
    });
    const { nodes } = await client.send("Accessibility.getPartialAXTree", {
      objectId: result.objectId,
      fetchRelatives: false,
    });
    const [{ description, properties }] = nodes;
    return [
      description?.value ?? "",
      properties.some(({ name, value }) => name === "disabled" && value.value),
    ];
  };

  await test("a screen reader hears that it is disabled, and why", async (tab) => {
    await tab.evaluate((mode) => {
      put(
        `<p id="own">Ends the talk.</p><button id="a" aria-describedby="own" data-can="c.close" ${mode}>A</button><button id="b" data-can="c.view" ${mode}>B</button>`,
      );
      bind(document, restore(own.toJSON()));
    }, MODE);
    equal(await heard(tab, "a"), [`Ends the talk. ${NEUTRAL}`, true]);
    equal(await heard(tab, "b"), ["", false]);
  });

  await test("with explanations it is told what they say; a page may say it in its own words", async (tab) => {
    const found = await tab.evaluate(
      ([mode, data]) => {
        put(
          `<button id="a" data-can="settings.nothing" ${mode}>A</button><button id="b" data-can="conversations.view" ${mode}>B</button>`,
        );
        const gate = restore(data);
        const said = (source, options) => {
          const unbind = bind(document, source, { resource: () => null, ...options });
          const found = ["a", "b"].map(whyOf);
          unbind();
          return found;
        };
        const reason = (element, why, pending) => `${element.id}: ${why.reason}, ${pending}`;
        const explained = ["settings.nothing", "conversations.view"].map((permission) =>
          gate.explain(permission, null),
        );
        return [
          said(data),
          explained.map(({ text }) => text),
          said(data, { reason }),
          explained.map(({ reason }) => reason),
          said(own),
        ];
      },
      [MODE, explained],
    );
    const [said, texts, own, reasons, neutral] = found;
    equal(said, texts);
    equal(own, [`a: ${reasons[0]}, true`, `b: ${reasons[1]}, true`]);
    ok(new Set(reasons).size === 2, `two reasons: ${reasons}`);
    equal(neutral, ["This is not available yet.", "This is not available yet."]);
  });

  await test("each sentence is in the page once, where nobody sees it, and goes with the last that needs it", async (tab) => {
    const found = await tab.evaluate((mode) => {
      put(
        `<button data-can="c.close" ${mode}></button>`.repeat(50) +
          `<button data-can="c.open" ${mode}></button>`,
      );
      const store = testStore(restore(own.toJSON()));
      bind(document, store);
      const notes = () => document.querySelectorAll("[id^=rolegate-]").length;
      const before = [notes(), document.querySelector("[id^=rolegate-]").checkVisibility()];
      store.emit(["c.close"]);
      const one = notes();
      store.emit(["c.close", "c.open"]);
      return [before, one, notes(), document.querySelectorAll("[aria-describedby],[aria-disabled]").length];
    }, MODE);
    equal(found, [[1, false], 1, 0, 0]);
  });

  await test("what a page says itself stays: aria-disabled, aria-describedby", async (tab) => {
    const found = await tab.evaluate((mode) => {
      const markup = `<b id="x">X</b><b id="y">Y</b><button id="a" data-can="c.close" aria-disabled="true" aria-describedby="x  y" ${mode}></button>`;
      put(markup);
      const store = testStore(own);
      bind(document, store);
      const a = document.querySelector("#a");
      const said = () => [a.getAttribute("aria-disabled"), a.getAttribute("aria-describedby")];
      const closed = said();
      store.emit(["c.close"]);
      return [closed[0], closed[1].split(" ").slice(0, 2), said()];
    }, MODE);
    equal(found, ["true", ["x", "y"], ["true", "x y"]]);
  });

  await test("axe finds nothing", async (tab) => {
    const axe = await readFile(new URL("../node_modules/axe-core/axe.min.js", TESTS), "utf8");
    await tab.evaluate((mode) => {
      document.documentElement.lang = "en";
      put(`<h1>Inbox</h1><ul><li data-can="c.close">A</li><li><button data-can="c.close" ${mode}>Close</button></li>
        <li><a href="#x" data-can="c.close" ${mode}>Close</a></li></ul>
        <form data-can="c.close" ${mode} aria-label="F"><label>T <input data-can="c.close" ${mode}></label></form>
        <section data-can="c.close" ${mode} role="group" aria-label="S"><button>Inside</button></section>
        <rolegate-can permission="c.close"><button>C</button><p slot="fallback">No</p></rolegate-can>`);
      bind(document.querySelector("ul"), own);
      bind(document, own);
      defineCan(own);
    }, MODE);
    await tab.evaluate(axe);
    const found = await tab.evaluate(async () =>
      (await globalThis.axe.run()).violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => `${id}: ${target}`),
      ),
    );
    equal(found, []);
  });
}

async function changing(test) {
  await test("what is added later is gated before it is painted", async (tab) => {
    const found = await tab.evaluate(async () => {
      const main = put("");
      bind(document, own);
      const seen = [];
      for (const markup of [
        '<p id="a" data-can="c.close">A</p>',
        '<div><p id="a" data-can="c.close" data-can-state="open">A</p></div>',
      ]) {
        main.innerHTML = markup;
        seen.push(isSeen("a"));
        await null;
        seen.push(isSeen("a"));
        await frame();
        seen.push(isSeen("a"));
      }
      main.innerHTML = '<p id="a" data-can="c.view">A</p>';
      seen.push(isSeen("a"));
      await null;
      seen.push(isSeen("a"));
      return seen;
    });
    // One that says itself that it is open is closed before the next painting, not in the same moment.
    equal(found, [false, false, false, true, false, false, false, true]);
  });

  await test("changed attributes count", async (tab) => {
    const found = await tab.evaluate(async () => {
      put('<p id="a" data-can="c.close"></p>');
      bind(document, own, { resource });
      const a = document.querySelector("#a");
      const results = [];
      const set = async (name, value) => {
        value === null ? a.removeAttribute(name) : a.setAttribute(name, value);
        await null;
        results.push(a.getAttribute("data-can-state"));
      };
      await set("data-can-mode", "disable");
      await set("data-can", "c.reply");
      await set("data-can-any", "");
      await set("data-can-any", null);
      await set("data-can-mode", null);
      await set("data-can", null);
      return [...results, a.outerHTML];
    });
    equal(found, ["disabled", "disabled", "open", "disabled", "hidden", null, '<p id="a"></p>']);
  });

  await test("an element that is moved keeps its answer; one that leaves is closed, and open again where it returns", async (tab) => {
    const found = await tab.evaluate(async () => {
      put('<p id="a" data-can="c.view"></p><section></section>');
      document.body.insertAdjacentHTML("beforeend", "<aside></aside>");
      bind(document.querySelector("main"), own);
      const a = document.querySelector("#a");
      const results = [];
      const go = async (place) => {
        document.querySelector(place).append(a);
        await null;
        results.push([a.dataset.canState ?? "none", a.checkVisibility()]);
      };
      await go("section");
      await go("aside");
      await go("section");
      a.remove();
      await null;
      return [...results, a.outerHTML];
    });
    equal(found, [["open", true], ["none", false], ["open", true], '<p id="a" data-can="c.view"></p>']);
  });

  await test("what other scripts take away comes back: a server's HTML that is merged into the page", async (tab) => {
    const found = await tab.evaluate(async (mode) => {
      put(`<p id="a" data-can="c.view"></p><button id="b" data-can="c.close" ${mode}></button>`);
      bind(document, restore(own.toJSON()));
      const [a, b] = document.querySelector("main").children;
      a.removeAttribute("data-can-state");
      for (const name of ["data-can-state", "aria-disabled", "aria-describedby"]) b.removeAttribute(name);
      await null;
      const restored = [isSeen("a"), b.dataset.canState, b.getAttribute("aria-disabled"), whyOf("b")];
      await frame();
      document.getElementById(b.getAttribute("aria-describedby")).parentElement.remove();
      await null;
      restored.push(whyOf("b"));
      b.setAttribute("data-can-state", "open");
      await null;
      return [...restored, b.dataset.canState];
    }, MODE);
    equal(found, [true, "disabled", "true", NEUTRAL, NEUTRAL, "disabled"]);
  });

  await test("a record that arrives, and one that changes, are asked about again on request", async (tab) => {
    const found = await tab.evaluate(() => {
      put(
        '<div id="row" data-row="3"><p id="a" data-can="c.reply"></p></div><p id="b" data-row="1" data-can="c.reply"></p>',
      );
      const bound = bind(document, own, { resource });
      const results = [states()];
      rows.set("3", { owner: "ana" });
      bound.refresh(document.querySelector("#row"));
      results.push(states());
      rows.get("1").owner = "bo";
      bound.refresh();
      return [...results, states()];
    });
    equal(found, [
      { a: "hidden", b: "open" },
      { a: "open", b: "open" },
      { a: "open", b: "hidden" },
    ]);
  });

  await test("a store that is empty is closed, and says that it is not known yet", async (tab) => {
    const found = await tab.evaluate(async (mode) => {
      put(`<p id="a" data-can="c.view"></p><button id="b" data-can="c.view" ${mode}></button>`);
      const { createStore } = await import("rolegate/store");
      const store = createStore({ user: "ana", tenant: "acme", fetch: () => new Promise(() => {}) });
      bind(document, store);
      return [store.status, states(), whyOf("b")];
    }, MODE);
    equal(found, ["empty", { a: "hidden", b: "disabled" }, "This is not available yet."]);
  });

  await test("then its answers come, and are gone when it is cleared", async (tab) => {
    const found = await tab.evaluate((mode) => {
      put(`<p id="a" data-can="c.view"></p><button id="b" data-can="c.view" ${mode}></button>`);
      const store = testStore();
      bind(document, store);
      const before = states();
      store.emit(["c.view"]);
      const ready = states();
      store.clear();
      return [before, ready, states(), whyOf("b")];
    }, MODE);
    equal(found, [
      { a: "hidden", b: "disabled" },
      { a: "open", b: "open" },
      { a: "hidden", b: "disabled" },
      NEUTRAL,
    ]);
  });

  await test("the returned function leaves the page as it was found, closed, and nothing listens", async (tab) => {
    const found = await tab.evaluate(async (mode) => {
      const main = put(
        `<p id="a" data-can="c.view"></p><button id="b" aria-describedby="x" data-can="c.close" ${mode}></button><p id="c" data-can="c.close"></p>`,
      );
      const before = document.body.innerHTML;
      const store = testStore(own);
      const counted = listening(store);
      const unbind = bind(document, counted, { resource });
      const during = [counted.count, isSeen("a")];
      unbind();
      const after = [counted.count, document.body.innerHTML === before, ["a", "b", "c"].map(isSeen)];
      main.insertAdjacentHTML("beforeend", '<p id="d" data-can="c.view"></p>');
      store.emit(["c.close"]);
      unbind.refresh();
      await frame();
      const later = states();
      unbind();
      bind(document, own);
      return [during, after, later, states()];
    }, MODE);
    equal(found, [
      [1, true],
      [0, true, [false, false, false]],
      { a: "none", b: "none", c: "none", d: "none" },
      { a: "open", b: "disabled", c: "hidden", d: "open" },
    ]);
  });

  await test(
    "one that cannot be answered is closed and reported, and the others go on",
    async (tab, errors) => {
      const found = await tab.evaluate(async () => {
        put('<p id="a" data-can="c.typo"></p><p id="b" data-can="c.view"></p>');
        const data = own.toJSON();
        const gate = restore(data);
        gate.can = (permission) => {
          if (permission === "c.typo") throw new Error("no such permission");
          return true;
        };
        bind(document, gate);
        return states();
      });
      equal(found, { a: "hidden", b: "open" });
      await tab.waitForTimeout(20);
      equal(errors, ["no such permission"]);
    },
    { isReported: true },
  );
}

async function ending(test) {
  await test("what a record's age ends closes by itself, and nothing else", async (tab) => {
    const found = await tab.evaluate(async () => {
      put('<p id="a" data-can="c.view"></p><p id="b" data-row="new" data-can="c.young"></p>');
      rows.set("new", { at: new Date().toISOString() });
      const young = { when: { "resource.at": { $since: "now-1s" } } };
      bind(document, testGate({ "c.young": young, "c.view": true }), { resource });
      const before = states();
      await new Promise((later) => setTimeout(later, 1600));
      return [before, states()];
    });
    equal(found, [
      { a: "open", b: "open" },
      { a: "open", b: "hidden" },
    ]);
  });

  await test("gate data end on time", async (tab) => {
    const found = await tab.evaluate(async () => {
      put('<p id="a" data-can="c.view"></p>');
      bind(document, { ...own.toJSON(), expires: Date.now() + 600 });
      const before = states();
      await new Promise((later) => setTimeout(later, 1100));
      return [before, states()];
    });
    equal(found, [{ a: "open" }, { a: "hidden" }]);
  });

  await test("at the moment of a click the clock counts, not when a timer came", async (tab) => {
    const found = await tab.evaluate(() => {
      let time = Date.now();
      put('<button id="a" data-can="c.view"></button>');
      bind(document, restore({ ...own.toJSON(), expires: time + 60_000 }, { now: () => time }));
      const a = document.querySelector("#a");
      a.onclick = act("click");
      a.click();
      time += 120_000;
      a.click();
      return [done, states()];
    });
    equal(found, [["click"], { a: "hidden" }]);
  });
}

/** What a page needs to ask about thousands of rows. */
function makeRows(mode) {
  const records = new Map(
    Array.from({ length: 40_000 }, (_, id) => [String(id), { id, owner: id === 7 ? "cy" : "ana" }]),
  );
  const permissions = {
    own: { "c.reply": "own" },
    seven: { "c.reply": ["own", { when: { "resource.id": { $eq: 7 } } }] },
    none: [],
  };
  const row = (id) => `<li data-row="${id}" data-can="c.reply" ${id % 2 ? mode : ""}></li>`;
  window.asked = 0;
  window.gate = (name) => testGate(permissions[name], { user: "ana" });
  window.fill = (count) => put(Array.from({ length: count }, (_, id) => row(id)).join(""));
  window.resource = ({ dataset }) => ((window.asked += 1), records.get(dataset.row));
}

async function many(test) {
  await test("10,000 elements: each is asked once, and one change touches one", async (tab) => {
    await tab.evaluate(makeRows, MODE);
    const found = await tab.evaluate(async () => {
      const { fill, gate, resource } = window;
      fill(10_000);
      const store = testStore(gate("own"));
      bind(document, store, { resource });
      await frame();
      const counts = [window.asked];
      const touched = [];
      const observer = new MutationObserver((records) =>
        touched.push(...records.map(({ target }) => target.dataset.row)),
      );
      observer.observe(document, { subtree: true, attributes: true });
      for (const name of ["own", "seven", "own"]) {
        store.emit(gate(name));
        await frame();
        counts.push(window.asked);
      }
      return [counts, [...new Set(touched)], touched.length];
    });
    equal(found[0], [10_000, 20_000, 30_000, 40_000]);
    equal(found[1], ["7"]);
    ok(found[2] <= 6, `${found[2]} attributes were written`);
  });

  await test("the cost grows with their number", async (tab) => {
    await tab.evaluate(makeRows, MODE);
    const [small, large] = await tab.evaluate(() => {
      const { fill, gate, resource } = window;
      const time = (action) => {
        const start = performance.now();
        action();
        return performance.now() - start;
      };
      const run = (count) => {
        fill(count);
        const store = testStore(gate("own"));
        let unbind;
        return [
          time(() => (unbind = bind(document, store, { resource }))),
          time(() => store.emit(gate("own"))),
          time(() => store.emit(gate("none"))),
          time(() => unbind()),
        ];
      };
      // The least of some: other programs take their time, too.
      const least = (count) => {
        const runs = Array.from({ length: 4 }, () => run(count));
        return runs[0].map((_, step) => Math.min(...runs.map((it) => it[step])));
      };
      return [10_000, 40_000].map(least);
    });
    for (const [step, time] of large.entries())
      ok(time < 12 * small[step] + 100, `step ${step}: ${small[step]} ms for 10,000, ${time} ms for 40,000`);
  });
}

async function elements(test) {
  await test("importing the module changes nothing; a call defines the element", async (tab) => {
    equal(await tab.evaluate(() => customElements.get("rolegate-can") === undefined), true);
    equal(
      await tab.evaluate(() => {
        put('<rolegate-can id="a" permission="c.view"><b>B</b></rolegate-can>');
        bind(document, own);
        const before = isSeen("a");
        defineCan(own);
        return [before, isSeen("a")];
      }),
      [false, true],
    );
  });

  await test("it shows its content, or what stands for it", async (tab) => {
    const found = await tab.evaluate(async () => {
      const store = testStore();
      put(
        `<rolegate-can permission="c.reply"><b id="content">A</b><b slot="fallback" id="fallback">B</b><b slot="pending" id="pending">C</b></rolegate-can>`,
      );
      defineCan(store);
      const can = document.querySelector("rolegate-can");
      const seen = () => ["content", "fallback", "pending"].filter(isSeen).join();
      const results = [seen()];
      const then = (action) => (action(), results.push(seen()));
      then(() => store.emit(own));
      then(() => (can.on = undefined));
      then(() => (can.on = { owner: "bo" }));
      then(() => (can.on = { owner: "ana" }));
      then(() => (can.on = null));
      return results;
    });
    equal(found, ["pending", "content", "pending", "fallback", "content", "pending"]);
  });

  await test("without something for `pending` the fallback stands for it", async (tab) => {
    equal(
      await tab.evaluate(() => {
        put(
          `<rolegate-can permission="c.reply" on="null"><b id="content">A</b><b slot="fallback" id="fallback">B</b></rolegate-can>`,
        );
        defineCan(own);
        return ["content", "fallback"].filter(isSeen);
      }),
      ["fallback"],
    );
  });

  await test("the record as JSON; as a property, also one that was set before", async (tab) => {
    const found = await tab.evaluate(() => {
      const main = put(`<rolegate-can permission="c.reply"><b>A</b></rolegate-can>`.repeat(8));
      const [json, others, bad, empty, early, earlyNull, none, named] = main.children;
      json.setAttribute("on", '{"owner":"ana"}');
      others.setAttribute("on", '{"owner":"bo"}');
      bad.setAttribute("on", "{owner");
      empty.setAttribute("on", "");
      early.on = { owner: "ana" };
      earlyNull.on = undefined;
      named.permission = "c.nothing";
      named.removeAttribute("permission");
      defineCan(own);
      const seen = () => [...main.children].map((it) => it.firstChild.checkVisibility());
      const first = seen();
      named.setAttribute("permission", "c.view");
      others.setAttribute("on", '{"owner":"ana"}');
      json.removeAttribute("on");
      return [first, seen(), none.on === undefined, named.permission];
    });
    equal(found, [
      [true, false, false, false, true, false, true, false],
      [true, true, false, false, true, false, true, true],
      true,
      "c.view",
    ]);
  });

  await test("what it hides does not act; what it shows instead does", async (tab) => {
    const found = await tab.evaluate(() => {
      put(
        `<form><input id="field"><rolegate-can permission="c.close"><button id="closed">A</button><button type="button" slot="fallback" id="ask">B</button></rolegate-can></form>`,
      );
      defineCan(own);
      document.querySelector("form").onsubmit = act("submit");
      document.querySelector("#closed").onclick = () => done.push("closed");
      document.querySelector("#ask").onclick = () => done.push("ask");
      for (const id of ["closed", "ask"]) document.getElementById(id).click();
      return done;
    });
    await tab.locator("#field").press("Enter");
    equal(await tab.evaluate("done"), found);
    equal(found, ["ask"]);
  });

  await test("it follows time, moves, and listens only while it is somewhere", async (tab) => {
    const found = await tab.evaluate(async () => {
      const store = testStore(own);
      const counted = listening(store);
      const main = put('<rolegate-can permission="c.view"><b>A</b></rolegate-can>');
      defineCan(counted);
      const [can] = main.children;
      const counts = [counted.count];
      const host = document.body.appendChild(document.createElement("div"));
      host.attachShadow({ mode: "open" }).append(can);
      counts.push(counted.count, can.firstChild.checkVisibility());
      can.remove();
      counts.push(counted.count);
      store.emit([]);
      main.append(can);
      counts.push(can.firstChild.checkVisibility());
      store.emit({ "c.view": { when: { "resource.at": { $since: "now-1s" } } } });
      can.on = { at: new Date().toISOString() };
      counts.push(can.firstChild.checkVisibility());
      await new Promise((later) => setTimeout(later, 1500));
      return [...counts, can.firstChild.checkVisibility()];
    });
    equal(found, [1, 1, true, 0, false, true, false]);
  });
}

/** As Rails, Django and Laravel serve them: no build step, no import map, and a policy that allows nothing inline. */
async function pages(report, browser, server, data) {
  const policy = { "content-security-policy": "default-src 'self'" };
  const page = (head) =>
    html(
      `${head}<script type="application/json" id="gate">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
      <main><article data-record='{"owner":"ana"}'><button id="mine" data-can="c.reply">Reply</button></article>
      <article data-record='{"owner":"bo"}'><button id="others" data-can="c.reply">Reply</button><button id="said" data-can="c.reply" ${MODE}>Reply</button></article>
      <article><button id="unknown" data-can="c.reply">Reply</button></article></main>`,
      policy,
    );
  const SCRIPT = `
    import { bind } from "/rolegate/script/dom.js";
    const data = JSON.parse(document.getElementById("gate").textContent);
    const resource = (element) => JSON.parse(element.closest("[data-record]").dataset.record);
    window.unbind = bind(document, data, { resource });`;
  server.pages.set("/plain.js", { type: "text/javascript", body: SCRIPT });
  const visit = async (head, body) => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    const errors = [];
    tab.on("pageerror", (error) => errors.push(error.message));
    tab.on(
      "console",
      (message) =>
        message.type() === "error" && !/favicon/.test(message.location().url) && errors.push(message.text()),
    );
    try {
      server.pages.set("/plain", page(head));
      await tab.goto(`${server.origin}/plain`);
      await body(tab);
      equal(errors, [], "what the page complains about");
    } finally {
      await context.close();
    }
  };
  const seen = (tab) =>
    tab.$$eval("button", (buttons) => buttons.filter((it) => it.checkVisibility()).map(({ id }) => id));
  const STYLE = '<link rel="stylesheet" href="/rolegate/script/dom.css">';

  await report.test("a page without a build step, under a policy that allows nothing inline", () =>
    visit(`${STYLE}<script type="module" src="/plain.js"></script>`, async (tab) => {
      await tab.waitForFunction("window.unbind");
      equal(await seen(tab), ["mine", "said"]);
      equal(await tab.getAttribute("#said", "aria-disabled"), "true");
      ok(
        !(await tab.evaluate(
          'performance.getEntriesByType("resource").some(({ name }) => /wasm|rolegate\\.js/.test(name))',
        )),
        "it needs no wasm",
      );
      await tab.evaluate("unbind()");
      equal(await seen(tab), []);
    }),
  );
  await report.test("nothing of it is seen before the script has run, nor if it never does", () =>
    visit(STYLE, async (tab) => equal(await seen(tab), [])),
  );
}
