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
 * One user's answers. It is plain JavaScript: no call leaves it, and it needs no `free`.
 *
 * No answer is ever an exception, whatever the record: attributes that cannot be read are absent, and what is
 * unknown is "no".
 */
export class LiteGate extends CoreGate {
  /**
   * Why the answer is what it is. The same two forms as {@link can}.
   * @throws {RolegateError} `bad-gate-data` of a gate that was restored from data without explanations
   *   (`gate.toJSON({ explain: true })` has them)
   */
  explain(permission: Permission): Explanation;
  explain(permission: Permission, resource: Resource | null | undefined): Explanation;
  explain(permission: Permission, resource?: Resource | null): Explanation {
    const about = arguments.length > 1;
    const view = this.settle();
    const explained = this.explained(view);
    const finding = explain(explained, view, permission, about ? [resource] : undefined);
    if (!finding.allowed) return withText(finding);
    // Data that were right once may not be any more; and what only answers about records says so.
    const place = view.rules.places.get(permission);
    if (place === undefined || !hasRules(view, place))
      return withText(refusal(explained, permission, "expired", finding.record));
    return withText(
      about || this.anywhere(view, permission, place)
        ? finding
        : refusal(explained, permission, "limited", "required"),
    );
  }

  override with(options: LiteOptions): LiteGate {
    return super.with(options) as LiteGate;
  }

  /**
   * The values that {@link mask} would replace in a record of this type; without a record, those that the
   * user sees in none. They are in the order of the catalog. One that lies within another goes with it.
   * @throws {RolegateError} `unknown-resource` for a type that no permission has
   */
  fields(type: string): MaskedField[];
  fields(type: string, record: Resource | null | undefined): MaskedField[];
  fields(type: string, record?: Resource | null): MaskedField[] {
    const masks = masksOf(this.view.rules.masks, type);
    return hiddenOf(masks, asker(this, arguments.length > 1, record)).map(({ field, as }) => ({ field, as }));
  }

  /**
   * A copy of a record of this type, or of a list of them, in which every value that the user may not see is
   * replaced. Who may see it is asked of each record; a pseudonym stands for the same value throughout the
   * call. Records are never changed.
   *
   * The copy is plain data, as JSON would have it (`toJSON` is honoured, dates stay dates). A record whose
   * copy might show a masked value elsewhere (a getter of a class that is no part of its JSON) or that has no
   * JSON (a circle) is `null`, and so is a masked record that is no object. `null` and `undefined` stay. The
   * cost is that of copying, and of one check for each mask and record.
   * @typeParam T what the caller takes the copies for: values may be absent, `null` or a text instead
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
