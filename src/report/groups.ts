// SPDX-License-Identifier: Apache-2.0

/** What has the same key, together, in the order of the first of each: `Map.groupBy`, which Node.js has from 21 on. */
export function groupBy<Item, Key>(items: Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
