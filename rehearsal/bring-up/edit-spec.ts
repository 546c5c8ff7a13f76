import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import { pathSources } from '../../model/spec/unit-source.js';

/** A spec that is changed field by field, so that everything else in it stays as its author wrote it. */
export interface SpecEdit {
  readonly set: (path: readonly string[], value: unknown, why: string) => void;
  /** Takes a field away, where it is there. */
  readonly remove: (path: readonly string[], why: string) => void;
  /** The zones of its subnets, in order. */
  readonly zones: readonly string[];
  /** The text, and what was changed in it, one line each. */
  readonly result: () => { readonly text: string; readonly changes: readonly string[] };
}

/** Begins to change a spec. Folders of units become absolute at once: the changed spec lies somewhere else. */
export function editSpec(text: string, folder: string): SpecEdit {
  const document = parseDocument(text);
  const changes: string[] = [];
  for (const unit of itemsAt(document, ['units'])) {
    for (const field of pathSources) {
      const place = isMap(unit) ? unit.get(field) : undefined;
      if (isMap(unit) && typeof place === 'string') unit.set(field, `${folder}/${place}`);
    }
  }
  return {
    set(path, value, why) {
      document.setIn(path, value);
      changes.push(`${path.join('.')}: ${typeof value === 'string' ? value : JSON.stringify(value)} (${why})`);
    },
    remove(path, why) {
      if (document.deleteIn(path)) changes.push(`${path.join('.')}: none (${why})`);
    },
    zones: itemsAt(document, ['network', 'subnets']).flatMap((subnet) => {
      const zone = isMap(subnet) ? subnet.get('zone') : undefined;
      return typeof zone === 'string' ? [zone] : [];
    }),
    result: () => ({ text: document.toString({ lineWidth: 0 }), changes }),
  };
}

function itemsAt(document: Document, path: readonly string[]): readonly unknown[] {
  const node: unknown = document.getIn(path, true);
  return isSeq(node) ? node.items.filter((item) => !isScalar(item)) : [];
}
