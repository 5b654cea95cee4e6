// `rolegate/eslint`: a rule for the names of permissions.

import { type Names, type NamesOption, namesOf } from "./names.js";
import { nearest } from "./nearest.js";
import {
  type Found,
  FUNCTIONS,
  inAngular,
  inCall,
  inHtml,
  inJsx,
  inSvelte,
  inVue,
  type Node,
} from "./places.js";

/** What the rule needs of ESLint. */
interface Context {
  readonly cwd: string;
  readonly options: readonly [(NamesOption & { readonly functions?: Readonly<Record<string, number>> })?];
  readonly sourceCode: {
    readonly text: string;
    readonly parserServices?: {
      readonly defineTemplateBodyVisitor?: (template: Visitor, script: Visitor) => Visitor;
    };
    getLocFromIndex(index: number): object;
  };
  report(problem: object): void;
}

type Visitor = Record<string, (node: Node) => void>;

const ONE_OF = ["snapshot", "types", "permissions"];

const rule = {
  meta: {
    type: "problem",
    docs: { description: "Report permissions that the catalog does not have" },
    hasSuggestions: true,
    messages: {
      unknown: "There is no permission `{{name}}` in {{from}}.{{hint}}",
      replace: "Replace it by `{{nearest}}`",
    },
    schema: [
      {
        type: "object",
        additionalProperties: false,
        properties: {
          snapshot: { type: "string" },
          types: { type: "string" },
          permissions: { type: "array", items: { type: "string" }, minItems: 1 },
          functions: { type: "object", additionalProperties: { type: "integer", minimum: 0 } },
        },
        oneOf: ONE_OF.map((key) => ({ required: [key] })),
      },
    ],
  },
  create(context: Context): Visitor {
    const [options] = context.options;
    // ESLint does not apply the schema to a rule without options.
    if (options === undefined) throw new Error(`say where permissions are: ${ONE_OF.join(", or ")}`);
    const names = namesOf(options, context.cwd);
    const functions = { ...FUNCTIONS, ...options.functions };
    const check =
      (read: (node: Node) => Found[]): ((node: Node) => void) =>
      (node) => {
        for (const found of read(node)) if (!isKnown(found, names)) report(context, found, names);
      };
    const script: Visitor = {
      CallExpression: check((call) => inCall(call, functions)),
      JSXAttribute: check(inJsx),
      SvelteAttribute: check(inSvelte),
      TextAttribute: check(inAngular),
      BoundAttribute: check(inAngular),
      Attribute: check(inHtml),
    };
    const { defineTemplateBodyVisitor } = context.sourceCode.parserServices ?? {};
    const template = { CallExpression: check((call) => inCall(call, functions)), VAttribute: check(inVue) };
    return defineTemplateBodyVisitor?.(template, script) ?? script;
  },
};

function isKnown({ name, isPattern }: Found, { permissions, categories }: Names): boolean {
  if (permissions.has(name)) return true;
  return isPattern === true && (name === "*" || (name.endsWith(".*") && categories.has(name.slice(0, -2))));
}

function report({ sourceCode, report }: Context, { name, range }: Found, { permissions, from }: Names): void {
  const near = nearest(name, permissions);
  const start = sourceCode.text.indexOf(name, range[0]);
  const inside = start >= 0 && start + name.length <= range[1];
  report({
    loc: { start: sourceCode.getLocFromIndex(range[0]), end: sourceCode.getLocFromIndex(range[1]) },
    messageId: "unknown",
    data: { name, from, hint: near === undefined ? "" : ` Did you mean \`${near}\`?` },
    suggest:
      near === undefined || !inside
        ? []
        : [
            {
              messageId: "replace",
              data: { nearest: near },
              fix: (fixer: { replaceTextRange(range: readonly number[], text: string): object }) =>
                fixer.replaceTextRange([start, start + name.length], near),
            },
          ],
  });
}

/** The plugin: `plugins: { rolegate }`, then `"rolegate/no-unknown-permission": ["error", { snapshot }]`. */
const plugin: { readonly meta: { readonly name: string }; readonly rules: Record<string, object> } = {
  meta: { name: "rolegate" },
  rules: { "no-unknown-permission": rule },
};

export default plugin;
