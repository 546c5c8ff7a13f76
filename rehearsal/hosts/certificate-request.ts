import { textAt } from '../../model/json/json-value.js';

/** DER of the object identifier 2.5.4.3, common name (RFC 5280, appendix A.1). */
const commonName = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x03]);
const nodePrefix = 'system:node:';

/**
 * The node for which a CertificateSigningRequest asks to be let in: the common name of its PKCS #10 request is
 * `system:node:<name>`. `undefined` for other objects and other names.
 */
export function nodeInCertificateRequest(object: unknown): string | undefined {
  const pem = Buffer.from(textAt(object, 'spec', 'request') ?? '', 'base64').toString('latin1');
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  const at = der.indexOf(commonName);
  if (at < 0) return undefined;
  // behind the identifier: the tag of the string, its length in one byte (names have at most 64), its characters
  const start = at + commonName.length + 2;
  const name = der.toString('latin1', start, start + (der[start - 1] ?? 0));
  return name.startsWith(nodePrefix) ? name.slice(nodePrefix.length) : undefined;
}
