import { Dt as string, gt as require_dist } from "./chunk-workshop.js";

// src/render/names.ts
/** A name within one zone of DNS (RFC 1123), as a namespace, a container and, by what Multus reads, a network have it. */
const label = string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "is no name of Kubernetes (RFC 1123: up to 63 of lower-case letters, digits and \"-\", at both ends a letter or digit)");
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** A name of several labels, as a ConfigMap may have. */
const subdomain = string().max(253, "is too long (up to 253 characters)").regex(SUBDOMAIN, "is no name of Kubernetes (RFC 1123: labels of lower-case letters, digits and \"-\", joined by \".\")");
/** What stands before the "/" of an extended resource: a domain that is not Kubernetes' own. */
const resourcePrefix = subdomain.max(244, "is too long (up to 244 characters)").refine((prefix) => prefix.includes("."), "is no domain (as in corigine.com)").refine((prefix) => !/(^|\.)kubernetes\.io$/.test(prefix), "is kept for Kubernetes itself").refine((prefix) => !prefix.startsWith("requests."), "may not begin with \"requests.\"");
/** What stands behind the "/": Kubernetes' qualified name, less the "." that the device plugin refuses. */
const resourceName = string().regex(/^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/, "is no name of a resource (up to 63 letters, digits, \"_\" and \"-\", at both ends a letter or digit)");
/** PREFIX/NAME of a resource, to refer to one. */
const resourceReference = string().regex(/^[^/]+\/[^/]+$/, "is no resource (PREFIX/NAME)");
/** NAMESPACE/NAME of a network, to refer to one. */
const networkReference = string().regex(/^[^/]+\/[^/]+$/, "is no network (NAMESPACE/NAME)");
/** A vendor or device number of PCI, written as the device plugin compares it: as text, in lower case. */
const pciId = string("is no PCI number: four hexadecimal digits in quotes, as \"15b3\"").regex(/^[0-9a-f]{4}$/, "is no PCI number: four hexadecimal digits in lower case, as `lspci -n` prints them");
/** A PCI address with its domain. */
const PCI_ADDRESS = "[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]";
/** A driver of the kernel. */
const driverName = string().regex(/^[A-Za-z0-9_-]{1,64}$/, "is no name of a driver (letters, digits, \"_\", \"-\")");
const INTERFACE = "[A-Za-z0-9][A-Za-z0-9_.-]{0,14}";
/** A network interface. */
const interfaceName = string().regex(new RegExp(`^${INTERFACE}$`), "is no name of an interface (up to 15 letters, digits and \"_.-\")");
const FUNCTIONS = "(#[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*)?";
/** An uplink whose VFs are meant, all of them or `#0,2-7`, as the device plugin reads it. */
const uplink = string().regex(new RegExp(`^${INTERFACE}${FUNCTIONS}$`), "is no uplink: an interface, and which VFs of it (\"ens1f0#0,2-7\")").refine(ascending, "has VFs in an order that selects none (\"#0-3\": first to last)");
/** The PCI address of a card's physical function whose VFs are meant, all of them or `#0,2-7`. */
const rootDevice = string().regex(new RegExp(`^${PCI_ADDRESS}${FUNCTIONS}$`), "is no PCI address of a physical function, and which VFs of it (\"0000:3b:00.0#0,2-7\")").refine(ascending, "has VFs in an order that selects none (\"#0-3\": first to last)");
function ascending(selector) {
	return (selector.split("#")[1]?.split(",") ?? []).every((range) => {
		const [first = "0", last = first] = range.split("-");
		return Number(first) <= Number(last);
	});
}
const HOST = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `(?:${HOST}(?:\\.${HOST})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const IMAGE = new RegExp(`^((?:${DOMAIN}/)?${PART}(?:/${PART})*)(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`);
/** A container image: REPOSITORY[:TAG][@DIGEST]. */
const imageReference = string().max(1024, "is too long").refine((image) => (IMAGE.exec(image)?.[1]?.length ?? 256) <= 255, "is no image (REPOSITORY[:TAG][@DIGEST])");

// src/render/yaml.ts
var import_dist = require_dist();
/**
* One YAML document with what `value` holds. A string that YAML 1.1 (what Kubernetes and Helm read) or YAML 1.2 would take for
* something else than itself is quoted; one of several lines is a literal block. Ends with a newline.
*/
function toYaml(value) {
	const document = new import_dist.Document(value, {
		version: "1.1",
		aliasDuplicateObjects: false
	});
	(0, import_dist.visit)(document, { Scalar(_, node) {
		if (typeof node.value !== "string") return;
		if (node.value.includes("\n")) node.type = "BLOCK_LITERAL";
		else if ((0, import_dist.stringify)(node.value, { lineWidth: 0 }) !== `${node.value}\n`) node.type = "QUOTE_DOUBLE";
	} });
	return document.toString({ lineWidth: 0 });
}

// src/render/stream.ts
/** The file of a part: its notes as comments, then its manifests as YAML documents. Ends with a newline. */
function textOf({ notes, manifests }) {
	return `${comment(notes)}${manifests.map(toYaml).join("---\n")}`;
}
/** Lines as comments of YAML, each ended by a newline. */
function comment(lines) {
	return lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join("");
}

export { imageReference as a, networkReference as c, resourcePrefix as d, resourceReference as f, uplink as h, driverName as i, pciId as l, subdomain as m, textOf as n, interfaceName as o, rootDevice as p, toYaml as r, label as s, comment as t, resourceName as u };