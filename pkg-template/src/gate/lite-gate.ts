// Gates that also mask records.

import { RolegateError } from "../core/errors.js";
import type { Explanation, LiteOptions, MaskedField, Permission, Resource } from "../types/types.js";
import { asker, CoreGate, detachable } from "./core-gate.js";
import { withText } from "./explain.js";
import { hiddenOf, maskAll, masksOf } from "./mask.js";
import type { DataRules } from "./rules.js";
import { hasRules, type View } from "./view.js";
import { type Explained, explain, refusal } from "./why.js";
import { explainedIn } from "./why-data.js";

/**
 * Answers for one user, in plain JavaScript; it needs no `free`.
 *
 * Checks never throw because of a record: attributes that cannot be read count as unknown, and what is
 * unknown never gives access.
 */
export class LiteGate extends CoreGate {
  /**
   * The decision with its reason. It has the same two forms as {@link can}.
   * @throws {RolegateError} `bad-gate-data` for a gate restored from data without explanations
   *   (`gate.toJSON({ explain: true })` makes data with them)
   */
  explain(permission: Permission): Explanation;
  explain(permission: Permission, resource: Resource | null | undefined): Explanation;
  explain(permission: Permission, resource?: Resource | null): Explanation {
    const about = arguments.length > 1;
    const view = this.settle();
    const explained = this.explained(view);
    const finding = explain(explained, view, permission, about ? [resource] : undefined);
    if (!finding.allowed) return withText(finding);
    // The data may have expired since; and a permission may only be allowed on records.
    const index = view.rules.byId.get(permission);
    if (index === undefined || !hasRules(view, index))
      return withText(refusal(explained, permission, "expired", finding.record));
    return withText(
      about || this.anywhere(view, permission, index)
        ? finding
        : refusal(explained, permission, "limited", "required"),
    );
  }

  override with(options: LiteOptions): LiteGate {
    return super.with(options) as LiteGate;
  }

  /**
   * The fields that {@link mask} would replace in a record of this type; without a record, those that the
   * user sees in no record. They are in the order of the catalog. A field within another one is replaced with
   * it.
   * @throws {RolegateError} `unknown-resource` for a type that no permission has
   */
  fields(type: string): MaskedField[];
  fields(type: string, record: Resource | null | undefined): MaskedField[];
  fields(type: string, record?: Resource | null): MaskedField[] {
    const masks = masksOf(this.view.rules.masks, type);
    return hiddenOf(masks, asker(this, arguments.length > 1, record)).map(({ field, as }) => ({ field, as }));
  }

  /**
   * A copy of a record of this type, or of a list of records, in which every value that the user may not see
   * is replaced. Permissions are checked for each record; a pseudonym stands for the same value throughout
   * the call. Records are never changed.
   *
   * The copy is plain data, as in JSON (`toJSON` is respected, dates stay dates). The result is `null` for a
   * record whose copy might show a masked value under another name (a getter of a class that is not part of
   * its JSON), for one without JSON (a circular reference), and for a masked record that is not an object.
   * `null` and `undefined` stay. The cost is that of copying, plus one check for each mask and record.
   * @typeParam T the type of the copies: masked values may be absent, `null` or a text
   * @throws {RolegateError} `unknown-resource` for a type that no permission has
   */
  mask<T = unknown>(type: string, record: object | null | undefined): T {
    const masks = masksOf(this.view.rules.masks, type);
    const view = this.settle();
    return maskAll(masks, record, (one) => asker(this, true, one, view)) as T;
  }

  /** @internal */
  explained(view: View): Explained {
    const { why } = view.rules as DataRules;
    if (why === undefined)
      throw new RolegateError(
        "bad-gate-data",
        "these gate data carry no explanations: make them by `toJSON({ explain: true })`",
      );
    return explainedIn(why, this.now());
  }
}

detachable(LiteGate.prototype, "explain fields mask");
