// Where code and templates name permissions.

/** A node of any parser's tree. */
export interface Node {
  readonly type: string;
  readonly range?: readonly [number, number];
  readonly [key: string]: any;
}

/** A name in the source. */
export interface Found {
  readonly name: string;
  /** The node, or its range for parsers whose nodes have another form. */
  readonly range: readonly [number, number];
  /** Whether `category.*` and `*` are names here, too. */
  readonly isPattern?: boolean;
}

/** Which argument of a function or method names permissions. */
export const FUNCTIONS: { readonly [name: string]: number } = {
  can: 0,
  canAll: 0,
  canAny: 0,
  explain: 0,
  filter: 0,
  guard: 1,
  injectCan: 0,
  injectExplain: 0,
  injectScope: 0,
  reason: 0,
  remedies: 1,
  requireCan: 0,
  scope: 0,
  until: 0,
  useCan: 0,
  useExplain: 0,
  useScope: 0,
  whoCan: 0,
};
/** Attributes of any element, of components, and directives. */
const ATTRIBUTES = ["data-can"];
const COMPONENTS = ["Can", "can", "RolegateCan", "rolegate-can"];
const DIRECTIVES = ["rolegateCan"];

/** The names in a call. @param functions which argument names permissions */
export function inCall(call: Node, functions: { readonly [name: string]: number }): Found[] {
  const callee = call.callee as Node;
  const name: unknown = callee.property?.name ?? callee.name;
  const args = call.arguments as Node[];
  const at = typeof name === "string" && Object.hasOwn(functions, name) ? functions[name] : undefined;
  return [
    ...stringsIn(at === undefined ? undefined : args[at]),
    ...args.flatMap((argument) => limitsIn(argument)),
    ...(name === "menu" ? itemsIn(args[0]) : []),
  ];
}

/** The names that an expression may have: texts, lists of them, either branch, what a function returns. */
function stringsIn(node: Node | null | undefined): Found[] {
  switch (node?.type) {
    case "Literal":
      return typeof node.value === "string" ? [found(node.value, node)] : [];
    case "TemplateLiteral":
      return node.quasis.length === 1 ? [found(node.quasis[0].value.cooked, node)] : [];
    case "ArrayExpression":
      return node.elements.flatMap((element: Node) => stringsIn(element));
    case "ConditionalExpression":
      return [...stringsIn(node.consequent), ...stringsIn(node.alternate)];
    case "LogicalExpression":
      return [...stringsIn(node.left), ...stringsIn(node.right)];
    case "ArrowFunctionExpression":
      return stringsIn(node.body);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "JSXExpressionContainer":
      return stringsIn(node.expression);
    default:
      return [];
  }
}

function found(name: string, { range }: Node): Found {
  return { name, range: range as [number, number] };
}

/** The value of a property that is written out. */
function propertyOf(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== "ObjectExpression") return undefined;
  return (node.properties as Node[]).find(({ key }) => (key?.name ?? key?.value) === name)?.value;
}

/** `limit: [...]` of options. */
function limitsIn(node: Node): Found[] {
  return stringsIn(propertyOf(node, "limit")).map((it) => ({ ...it, isPattern: true }));
}

/** The entries of a menu that is written out. */
function itemsIn(node: Node | undefined): Found[] {
  if (node?.type !== "ArrayExpression") return [];
  return (node.elements as Node[]).flatMap((item) => [
    ...stringsIn(propertyOf(item, "permission")),
    ...itemsIn(propertyOf(item, "children")),
  ]);
}

const isNaming = (attribute: string, element: string): boolean =>
  ATTRIBUTES.includes(attribute) || (attribute === "permission" && COMPONENTS.includes(element));

/** JSX. */
export function inJsx({ name, value, parent }: Node): Found[] {
  return isNaming(name.name, parent.name.name) ? stringsIn(value) : [];
}

/** A template of Vue: attributes, `:permission`, `v-can`. */
export function inVue({ directive, key, value, parent }: Node): Found[] {
  const element: string = parent.parent.rawName;
  if (!directive) return value !== null && isNaming(key.name, element) ? [found(value.value, value)] : [];
  const { expression } = value ?? {};
  if (key.name.name === "can")
    return stringsIn(expression?.type === "ArrayExpression" ? expression.elements[0] : expression);
  return key.name.name === "bind" && isNaming(key.argument?.name, element) ? stringsIn(expression) : [];
}

/** A template of Svelte. */
export function inSvelte({ key, value, parent }: Node): Found[] {
  if (!isNaming(key.name, parent.parent.name.name)) return [];
  return (value as Node[]).flatMap((part) =>
    part.type === "SvelteLiteral" ? [found(part.value, part)] : stringsIn(part.expression),
  );
}

/** A template of Angular: attributes, `[permission]`, `*rolegateCan`. */
export function inAngular({ name, value, sourceSpan, valueSpan }: Node): Found[] {
  const text: unknown = typeof value === "string" ? value : value?.ast?.value;
  const isDirective = DIRECTIVES.includes(name) && typeof value !== "string";
  if (typeof text !== "string" || !(isDirective || ATTRIBUTES.includes(name.replace(/^attr\./, ""))))
    return [];
  const { start, end } = valueSpan ?? sourceSpan;
  return [{ name: text, range: [start.offset, end.offset] }];
}

/** HTML. */
export function inHtml({ key, value, parent }: Node): Found[] {
  return value && isNaming(key.value, parent.name) ? [found(value.value, value)] : [];
}
