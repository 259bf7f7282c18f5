// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

// Names of the cluster and of the kernel, each by the rule of who reads it. All are ASCII without blanks, quotes and control
// characters, so that no reader of YAML, JSON or shell can take one for more than a name.

/** A name within one zone of DNS (RFC 1123), as a namespace, a container and, by what Multus reads, a network have it. */
export const label = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'is no name of Kubernetes (RFC 1123: up to 63 of lower-case letters, digits and "-", at both ends a letter or digit)',
  );

const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A name of several labels, as a ConfigMap may have. */
export const subdomain = z
  .string()
  .max(253, 'is too long (up to 253 characters)')
  .regex(SUBDOMAIN, 'is no name of Kubernetes (RFC 1123: labels of lower-case letters, digits and "-", joined by ".")');

/** What stands before the "/" of an extended resource: a domain that is not Kubernetes' own. */
export const resourcePrefix = subdomain
  // "requests." before it, as in a quota, has to be a domain too.
  .max(244, 'is too long (up to 244 characters)')
  .refine((prefix) => prefix.includes('.'), 'is no domain (as in corigine.com)')
  .refine((prefix) => !/(^|\.)kubernetes\.io$/.test(prefix), 'is kept for Kubernetes itself')
  .refine((prefix) => !prefix.startsWith('requests.'), 'may not begin with "requests."');

/** What stands behind the "/": Kubernetes' qualified name, less the "." that the device plugin refuses. */
export const resourceName = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
    'is no name of a resource (up to 63 letters, digits, "_" and "-", at both ends a letter or digit)',
  );

/** PREFIX/NAME of a resource, to refer to one. */
export const resourceReference = z.string().regex(/^[^/]+\/[^/]+$/, 'is no resource (PREFIX/NAME)');

/** NAMESPACE/NAME of a network, to refer to one. */
export const networkReference = z.string().regex(/^[^/]+\/[^/]+$/, 'is no network (NAMESPACE/NAME)');

/** A vendor or device number of PCI, written as the device plugin compares it: as text, in lower case. */
export const pciId = z
  .string('is no PCI number: four hexadecimal digits in quotes, as "15b3"')
  .regex(/^[0-9a-f]{4}$/, 'is no PCI number: four hexadecimal digits in lower case, as `lspci -n` prints them');

/** A PCI address with its domain. */
export const PCI_ADDRESS = '[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]';

/** A driver of the kernel. */
export const driverName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is no name of a driver (letters, digits, "_", "-")');

// IFNAMSIZ of the kernel is 16 with the zero at the end. It would take nearly any character; these are what names are made of.
const INTERFACE = '[A-Za-z0-9][A-Za-z0-9_.-]{0,14}';

/** A network interface. */
export const interfaceName = z
  .string()
  .regex(new RegExp(`^${INTERFACE}$`), 'is no name of an interface (up to 15 letters, digits and "_.-")');

// `#0,2-7`: only these of its functions.
const FUNCTIONS = '(#[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*)?';

/** An uplink whose VFs are meant, all of them or `#0,2-7`, as the device plugin reads it. */
export const uplink = z
  .string()
  .regex(new RegExp(`^${INTERFACE}${FUNCTIONS}$`), 'is no uplink: an interface, and which VFs of it ("ens1f0#0,2-7")')
  .refine(ascending, 'has VFs in an order that selects none ("#0-3": first to last)');

/** The PCI address of a card's physical function whose VFs are meant, all of them or `#0,2-7`. */
export const rootDevice = z
  .string()
  .regex(
    new RegExp(`^${PCI_ADDRESS}${FUNCTIONS}$`),
    'is no PCI address of a physical function, and which VFs of it ("0000:3b:00.0#0,2-7")',
  )
  .refine(ascending, 'has VFs in an order that selects none ("#0-3": first to last)');

function ascending(selector: string): boolean {
  const ranges = selector.split('#')[1]?.split(',') ?? [];
  return ranges.every((range) => {
    const [first = '0', last = first] = range.split('-');
    return Number(first) <= Number(last);
  });
}

// The grammar of github.com/distribution/reference.
const HOST = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${HOST}(?:\\.${HOST})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const IMAGE = new RegExp(
  `^((?:${DOMAIN}/)?${PART}(?:/${PART})*)(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

/** A container image: REPOSITORY[:TAG][@DIGEST]. */
export const imageReference = z
  .string()
  // Before the expression, which could be slow on much text.
  .max(1024, 'is too long')
  .refine((image) => (IMAGE.exec(image)?.[1]?.length ?? 256) <= 255, 'is no image (REPOSITORY[:TAG][@DIGEST])');
