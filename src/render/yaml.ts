// SPDX-License-Identifier: Apache-2.0
import { Document, stringify, visit } from 'yaml';

/**
 * One YAML document with what `value` holds. A string that YAML 1.1 (what Kubernetes and Helm read) or YAML 1.2 would take for
 * something else than itself is quoted; one of several lines is a literal block. Ends with a newline.
 */
export function toYaml(value: object): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string') return;
      if (node.value.includes('\n')) node.type = 'BLOCK_LITERAL';
      // The document does what 1.1 demands; this is 1.2 (0o14).
      else if (stringify(node.value, { lineWidth: 0 }) !== `${node.value}\n`) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}
